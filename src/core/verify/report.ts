import type { Provider } from '../ports';
import type { Assumption } from '../checkpoint/assumptions';
import type { ErrorHistogram } from './metrics';

/** What a comparison of two models found: the contract of `replens verify` and `replens explain`. */
export interface VerificationReport {
  readonly verdict: Verdict;
  /** One sentence: why this verdict. */
  readonly reason: string;
  readonly provider: Provider;
  /** The GPU adapter that really ran; null on wasm. */
  readonly adapter: string | null;
  readonly outputs: readonly OutputComparison[];
  readonly blocks: readonly BlockComparison[];
  /** What both whole models were run on: shapes, and files where they were given. */
  readonly inputs?: readonly string[];
  /** What the blocks of a checkpoint were taken for, which it does not say; left out for any other model. */
  readonly assumptions?: readonly Assumption[];
}

export type Verdict = 'equivalent' | 'not-equivalent' | 'inconclusive';

/** How far two tensors lie apart, over all inputs that were tried. */
export interface OutputComparison {
  readonly name: string;
  readonly maxAbs: number;
  /** max |a − b| / max |a|. */
  readonly maxRel: number;
  readonly rms: number;
  readonly cosine: number;
  /** Index in the tensor where they differ most. */
  readonly worstIndex: readonly number[];
  /** The tolerance at that place, derived from rounding; null where none could be derived. */
  readonly bound: number | null;
  readonly histogram?: ErrorHistogram;
  /** Of a classifier's output: share of the images whose best class is the same in both models. */
  readonly top1?: number;
  /** The share of the first model's five best classes that are among the second's. */
  readonly top5?: number;
}

export interface BlockComparison {
  readonly id: string;
  readonly verdict: Verdict;
  /** For which inputs the verdict holds: "all sizes", or the sizes that were tried. */
  readonly scope: string;
  /** Largest difference in units of its rounding bound; null where the block was not measured. */
  readonly ratio: number | null;
  readonly faults: readonly Fault[];
  /** Where the block's result differs, on one small image; only where it does. */
  readonly errorMap?: ErrorMap;
}

/** max |difference| of a block's results on one small random image, by place and by channel. */
export interface ErrorMap {
  /** Sizes of the image: height and width, or however many axes it has. */
  readonly dims: readonly number[];
  /** For each place, row-major, the largest error of any channel. */
  readonly places: readonly number[];
  /** For each output channel the largest error of any place. */
  readonly channels: readonly number[];
}

export type FaultKind =
  | 'topology'
  | 'identity-branch'
  | 'missing-branch'
  | 'branch-scale'
  | 'bn-scale'
  | 'tap-misplaced'
  | 'border'
  | 'bias'
  | 'padding-mode'
  | 'weights';

export interface Fault {
  readonly kind: FaultKind;
  readonly message: string;
  readonly nodes: readonly string[];
  /** Share of the block's difference that the fault explains, 0 to 1. */
  readonly share: number;
}
