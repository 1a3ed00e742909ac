import { children, type KernelExpr } from '../algebra/kernel/kernelExpr';

/** The six transforms of "Diverse Branch Block" (Ding et al. 2021), under which a person knows what a fold does. */
export type Transform =
  | 'I conv-BN'
  | 'II branch addition'
  | 'III sequential'
  | 'IV depth concatenation'
  | 'V average pooling'
  | 'VI multi-scale';

/** The transforms that merging an operator takes, in the paper's order. */
export function transformsOf(operator: KernelExpr): readonly Transform[] {
  const found = new Set<Transform>();
  const visit = (expr: KernelExpr): void => {
    if (expr.kind === 'affine' && expr.scale !== null) found.add('I conv-BN');
    if (expr.kind === 'sum' && expr.terms.length > 1) {
      found.add('II branch addition');
      if (differInScale(expr.terms.map((term) => term.of))) found.add('VI multi-scale');
    }
    // a pad or crop inside a branch moves taps; only two kernels in a row are a sequence
    if (expr.kind === 'compose' && expr.then.kind !== 'identity' && holdsKernel(expr.first))
      found.add('III sequential');
    if (expr.kind === 'stack') found.add('IV depth concatenation');
    if (expr.kind === 'averagePool') found.add('V average pooling');
    children(expr).forEach(visit);
  };
  visit(operator);
  return ORDER.filter((transform) => found.has(transform));
}

const ORDER: readonly Transform[] = [
  'I conv-BN',
  'II branch addition',
  'III sequential',
  'IV depth concatenation',
  'V average pooling',
  'VI multi-scale',
];

function holdsKernel(expr: KernelExpr): boolean {
  return (
    expr.kind === 'conv' ||
    expr.kind === 'linear' ||
    expr.kind === 'averagePool' ||
    children(expr).some(holdsKernel)
  );
}

function differInScale(terms: readonly KernelExpr[]): boolean {
  const sizes = new Set(terms.map(({ geometry }) => geometry.axes.map((axis) => axis.count).join('×')));
  return sizes.size > 1;
}
