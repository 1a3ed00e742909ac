import type { Step } from '../conventions/convention';

/** A step of a convention with the entries that it was found in. */
export type Resolved =
  | {
      readonly kind: 'conv';
      readonly at: string;
      readonly weight: string;
      readonly bias: string | null;
      readonly dilation: number;
      readonly rule: Extract<Step, { readonly kind: 'conv' }>;
    }
  | { readonly kind: 'linear'; readonly at: string; readonly weight: string; readonly bias: string | null }
  | {
      readonly kind: 'bn';
      readonly at: string;
      /** Null where it scales nothing. */
      readonly weight: string | null;
      readonly bias: string | null;
      readonly mean: string;
      readonly variance: string;
    }
  | { readonly kind: 'average'; readonly pads: 'block' | 'none' }
  | { readonly kind: 'scale' | 'shift'; readonly at: string; readonly entry: string }
  | { readonly kind: 'halve' }
  | { readonly kind: 'sum'; readonly branches: readonly ResolvedBranch[] };

export interface ResolvedBranch {
  readonly steps: readonly Resolved[];
  readonly minus: boolean;
}

/** Every step of a tree, those of its branches included. */
export function* allSteps(steps: readonly Resolved[]): Iterable<Resolved> {
  for (const step of steps) {
    yield step;
    if (step.kind === 'sum') for (const { steps: inner } of step.branches) yield* allSteps(inner);
  }
}

/** The entries that tell of a branch: other modules have scales, too. */
function tellingEntries(step: Resolved): readonly string[] {
  switch (step.kind) {
    case 'conv':
    case 'linear':
      return [step.weight, ...(step.bias === null ? [] : [step.bias])];
    case 'bn':
      return [step.weight, step.bias, step.mean, step.variance].filter((name) => name !== null);
    default:
      return [];
  }
}

/** Branches of which some entry is there; a branch that splits again counts for those it splits into. */
export function seenBranches(steps: readonly Resolved[], used: ReadonlySet<string>): number {
  let count = 0;
  for (const step of steps) {
    for (const { steps: inner } of step.kind === 'sum' ? step.branches : []) {
      const isSplit = inner.some(({ kind }) => kind === 'sum');
      if (isSplit) count += seenBranches(inner, used);
      else if (inner.some((own) => tellingEntries(own).some((name) => used.has(name)))) count += 1;
    }
  }
  return count;
}
