import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import type { VectorExpr } from '../algebra/kernel/vectorExpr';

/**
 * One path through a kernel expression from source to sink: what a person sees as a branch. The sums of the expression
 * are opened up; what follows a sum (an outer BN, a layer scale) is shared by the branches before it.
 */
export interface Path {
  /** Steps from the source on. */
  readonly steps: readonly Step[];
  /** Steps behind the join that all branches of the sum share. */
  readonly outer: readonly Step[];
  /** Product of the coefficients of the sums on the way: −1 behind a Sub. */
  readonly coefficient: number;
  /** What this branch alone adds to the merged kernel, shared steps behind the join included; its biases are not part of it. */
  readonly kernel: KernelExpr;
}

export type Step =
  | {
      readonly kind: 'conv' | 'convTranspose' | 'linear' | 'averagePool' | 'points';
      readonly expr: KernelExpr;
    }
  | { readonly kind: 'scale'; readonly vector: VectorExpr; readonly expr: KernelExpr }
  | { readonly kind: 'bn' | 'shift' | 'pass' | 'rows'; readonly expr: KernelExpr };

/** More paths than this are not a picture any more; the rest is left out of the list, not out of the merge. */
const MAX_PATHS = 64;

/** The branches of an operator, in the order of the joins' operands. */
export function paths(expr: KernelExpr): readonly Path[] {
  return open(expr).slice(0, MAX_PATHS);
}

function open(expr: KernelExpr): readonly Path[] {
  switch (expr.kind) {
    case 'conv':
    case 'convTranspose':
    case 'linear':
    case 'averagePool':
      return [single([{ kind: expr.kind, expr }], expr)];
    case 'identity':
      return [single(expr.node === undefined ? [] : [{ kind: 'points', expr }], expr)];
    case 'affine':
      return followed(open(expr.of), affineSteps(expr), (of) => ({ ...expr, of, shift: null }));
    case 'rows':
      return followed(open(expr.of), [{ kind: 'rows', expr }], (of) => ({ ...expr, of }));
    case 'compose':
      return composed(expr);
    case 'stack':
      return expr.parts.flatMap((part, place) =>
        open(part).map((path) => ({ ...path, kernel: alone(expr, place, path.kernel) })),
      );
    case 'sum':
      return expr.terms.flatMap((term) =>
        open(term.of).map((path) => ({
          ...path,
          coefficient: path.coefficient * term.coefficient,
          kernel: { ...expr, terms: [{ coefficient: term.coefficient, of: path.kernel }] },
        })),
      );
  }
}

/** One part of a stack among zeros, so that its rows stay the rows they are. */
function alone(expr: KernelExpr & { readonly kind: 'stack' }, place: number, kernel: KernelExpr): KernelExpr {
  const parts = expr.parts.map((part, at): KernelExpr =>
    at === place ? kernel : { kind: 'sum', geometry: part.geometry, terms: [] },
  );
  return { ...expr, parts };
}

function single(steps: readonly Step[], kernel: KernelExpr): Path {
  return { steps, outer: [], coefficient: 1, kernel };
}

/** With one branch the steps belong to it; with several they stand behind the join. */
function followed(
  before: readonly Path[],
  steps: readonly Step[],
  kernel: (of: KernelExpr) => KernelExpr,
): readonly Path[] {
  const [only] = before;
  if (only !== undefined && before.length === 1) {
    return [{ ...only, steps: [...only.steps, ...steps], kernel: kernel(only.kernel) }];
  }
  return before.map((path) => ({ ...path, outer: [...path.outer, ...steps], kernel: kernel(path.kernel) }));
}

function composed(expr: KernelExpr & { readonly kind: 'compose' }): readonly Path[] {
  const first = open(expr.first);
  const then = open(expr.then);
  const [only] = then;
  if (then.length === 1 && only !== undefined) {
    return followed(first, only.steps, (of) => ({ ...expr, first: of, then: only.kernel }));
  }
  return then.map((path) => ({
    ...path,
    steps: [...first.flatMap((before) => before.steps), ...path.steps],
    kernel: { ...expr, then: path.kernel },
  }));
}

function affineSteps(expr: KernelExpr & { readonly kind: 'affine' }): readonly Step[] {
  if (expr.scale?.kind === 'bnScale') return [{ kind: 'bn', expr }];
  if (expr.scale !== null) return [{ kind: 'scale', vector: expr.scale, expr }];
  return [{ kind: expr.shift === null ? 'pass' : 'shift', expr }];
}
