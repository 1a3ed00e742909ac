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
