import type { Operator } from '../algebra/operator';
import type { Axis } from '../algebra/geometry/axis';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import { evaluateVector, type TensorReader } from '../algebra/kernel/vectorExpr';
import { describeBranch } from '../detect/branchLabel';
import { paths, type Path } from '../detect/branchTree';
import { biasParts, type BiasPart } from './biasParts';
import { sampleRows, type KernelSample } from './kernelSample';

/** One branch of the train form and what it adds to the merged kernel. */
export interface BranchRows {
  readonly label: string;
  readonly nodes: readonly string[];
  /** Parameter-free or a BN only. */
  readonly isIdentity: boolean;
  /** Whether a BN of its own follows; exporters fold those behind a convolution. */
  readonly isNormalized: boolean;
  /** σ² of its only BN, by sampled channel, and its ε; null where there is none to be seen, or several. */
  readonly norm: { readonly variance: Float64Array; readonly epsilon: number } | null;
  /** Its taps, within the sample's lattice. */
  readonly axes: readonly Axis[];
  readonly rows: Float64Array;
  readonly bias: readonly BiasPart[];
}

const WEIGHING = new Set(['conv', 'convTranspose', 'linear', 'averagePool']);

/** The branches of a block, in the order of its joins' operands. */
export function branchRows(
  operator: Operator,
  sample: KernelSample,
  read: TensorReader,
): readonly BranchRows[] {
  const parts = biasParts(operator, read);
  const found = paths(operator);
  return found.map((path) => {
    const { label, nodes } = describeBranch(path);
    const kernel = withoutUnused(path.kernel);
    return {
      label,
      nodes,
      isIdentity: isIdentityPath(path),
      isNormalized: path.steps.some((step) => step.kind === 'bn'),
      norm: normOf(path, sample, read),
      axes: kernel.geometry.axes,
      rows: sampleRows(path.kernel, sample, read),
      // with one branch everything is its own
      bias: parts.filter((part) => found.length === 1 || nodes.includes(part.node)),
    };
  });
}

function normOf(path: Path, { channels }: KernelSample, read: TensorReader): BranchRows['norm'] {
  const norms = path.steps.flatMap((step) =>
    step.kind === 'bn' && step.expr.kind === 'affine' ? [step.expr] : [],
  );
  const scale = norms[0]?.scale;
  if (norms.length !== 1 || scale?.kind !== 'bnScale') return null;
  const count = norms[0]?.geometry.outChannels ?? 0;
  const all = evaluateVector({ kind: 'tensor', name: scale.variance }, count, read);
  // a BN in the middle of a chain is not by output channel
  if (count !== path.kernel.geometry.outChannels) return null;
  return {
    variance: Float64Array.from(channels, (channel) => all[channel] as number),
    epsilon: scale.epsilon,
  };
}

export function isIdentityPath(path: Path): boolean {
  return !path.steps.some((step) => WEIGHING.has(step.kind));
}

/** A branch's own taps: the sums around it have the lattice of all branches. */
function withoutUnused(expr: KernelExpr): KernelExpr {
  switch (expr.kind) {
    case 'affine':
      return withoutUnused(expr.of);
    case 'sum': {
      const [only] = expr.terms;
      return only === undefined || expr.terms.length > 1 ? expr : withoutUnused(only.of);
    }
    case 'rows':
      return withoutUnused(expr.of);
    default:
      return expr;
  }
}
