import type { Provider } from '../../ports';

/** How long something takes, over many runs of the same input. */
export interface Timing {
  /** Median, in milliseconds. */
  readonly median: number;
  /** Half of all runs lie between these two. */
  readonly quartiles: readonly [number, number];
  readonly runs: number;
  /** Runs before these, which are not counted: until the time no longer fell. */
  readonly warmUps: number;
}

/** One thing measured before and after merging, in turns. */
export interface SpeedComparison {
  readonly before: Timing;
  readonly after: Timing;
  /** Median before by median after; the time of the GPU itself where it is known on both sides. */
  readonly speedup: number;
  readonly verdict: SpeedVerdict;
  /** Time on the GPU by its own clock, where the adapter has one. */
  readonly gpu?: { readonly before: Timing; readonly after: Timing };
}

/** `same`: the quartiles overlap, so nobody would notice. */
export type SpeedVerdict = 'faster' | 'slower' | 'same';

export interface BlockSpeed {
  readonly id: string;
  /** "1×16×56×56". */
  readonly shape: string;
  /** null: could not be run alone, `failure` says why. */
  readonly comparison: SpeedComparison | null;
  readonly failure: string | null;
}

/** What `replens bench` found. */
export interface SpeedReport {
  readonly provider: Provider;
  readonly adapter: string | null;
  /** Whether the GPU's own clock was read. */
  readonly hasGpuClock: boolean;
  /** "x 1×3×224×224". */
  readonly input: string;
  /** null: the models could not be run, `failure` says why. */
  readonly whole: SpeedComparison | null;
  readonly failure: string | null;
  readonly blocks: readonly BlockSpeed[];
  /** One sentence: whether merging pays here, and where it does not. */
  readonly summary: string;
}
