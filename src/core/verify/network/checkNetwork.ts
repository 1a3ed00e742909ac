import type { NdArray } from '../../tensor/tensor';
import { DifferenceMeter, type Difference, type Tolerance } from '../metrics';
import type { OutputComparison } from '../report';
import {
  affordableDraws,
  differentShapes,
  exactBudget,
  exactCost,
  exactRun,
  largest,
  type ExactRun,
} from './exactRuns';
import { runNetworks, type NetworkRuns } from './networkRuns';
import type { NetworkTask, Outputs } from './networkTask';
import { isMiscomputed, runTolerance, type TruthAndRun } from './runTolerance';
import { describeSample } from './samples';
import { TopMeter } from './topMeter';

/** What whole runs of two networks show. */
export interface NetworkCheck {
  readonly outputs: readonly OutputComparison[];
  /** The samples in words. */
  readonly samples: readonly string[];
  /** One sentence on what differs beyond doubt (shapes, infinities), or null. */
  readonly mismatch: string | null;
  /** Largest difference of the float64 runs in units of what rounding of the weights explains; null: none were made. */
  readonly exactRatio: number | null;
  /** Largest difference of the runtime's runs in units of their tolerance; null where there is none. */
  readonly runRatio: number | null;
  /** What the runtime miscomputes, in words that follow its name; null: nothing. */
  readonly backendFault: string | null;
  /** Whether the outputs are numbers. */
  readonly nonFinite: 'none' | 'some' | 'all';
  /** Why there were no runs of the original, of the fused model, or in float64; null where there were. */
  readonly notRun: string | null;
  readonly fusedNotRun: string | null;
  readonly notExact: string | null;
}

export async function checkNetwork(task: NetworkTask): Promise<NetworkCheck> {
  const runs = await runNetworks(task);
  const exact = exactRuns(task, runs);
  const measured = new Comparison(task, runs, exact.runs);
  runs.samples.forEach((_, sample) => {
    measured.add(sample);
  });
  return measured.result(exact.failure, exact.mismatch);
}

interface ExactRuns {
  /** By sample; null where it was not evaluated. */
  readonly runs: readonly (ExactRun | null)[];
  readonly failure: string | null;
  readonly mismatch: string | null;
}

/** As many samples in float64 as the budget allows. */
function exactRuns(task: NetworkTask, { samples }: NetworkRuns): ExactRuns {
  let left = exactBudget(task);
  let failure: string | null = null;
  let mismatch: string | null = null;
  const runs = samples.map((sample, number): ExactRun | null => {
    const cost = exactCost(task, sample);
    const share = cost === null ? null : affordableDraws(cost.macs, left);
    if (cost === null || share === null || mismatch !== null) {
      failure ??= 'one run is too much for the float64 evaluator';
      return null;
    }
    left -= share.macs;
    task.progress?.(number / samples.length, 'evaluating in float64');
    const key = [number, share.draws, ...[...sample.bindings].flat()].join();
    const limits = { draws: share.draws, longestSum: cost.longestSum };
    const outcome = task.memo?.get(key) ?? exactRun(task, sample, number, limits);
    task.memo?.set(key, outcome);
    if ('run' in outcome) return outcome.run;
    if (outcome.isFusedAtFault) mismatch = outcome.failure;
    else failure ??= outcome.failure;
    return null;
  });
  return { runs, failure: runs.some((run) => run !== null) ? null : failure, mismatch };
}

class Comparison {
  private readonly meters = new Map<
    string,
    { readonly run: DifferenceMeter; readonly exact: DifferenceMeter; readonly top: TopMeter }
  >();
  private shapes: string | null = null;
  private fault: string | null = null;
  private readonly hasExact: boolean;
  private readonly hasRuns: boolean;

  constructor(
    private readonly task: NetworkTask,
    private readonly runs: NetworkRuns,
    private readonly exact: readonly (ExactRun | null)[],
  ) {
    for (const name of task.outputs.keys()) {
      const meters = { run: new DifferenceMeter(), exact: new DifferenceMeter(), top: new TopMeter() };
      this.meters.set(name, meters);
    }
    this.hasExact = exact.some((run) => run !== null);
    this.hasRuns = runs.original.length > 0 && runs.fused.length > 0;
  }

  add(sample: number): void {
    const exact = this.exact[sample] ?? null;
    const original = this.runs.original[sample];
    const fused = this.runs.fused[sample];
    for (const [name, meters] of this.meters) {
      if (exact !== null) {
        const tolerances = exact.tolerances.get(name);
        const { truth, run: other } = pairOf(name, exact.original, exact.fused);
        meters.exact.add(truth, other, (i) => tolerances?.[i] ?? 0);
        if (!this.hasRuns) meters.top.add(truth, other);
      }
    }
    if (original === undefined || fused === undefined) return;
    this.shapes ??= differentShapes(original, fused);
    if (this.shapes !== null) return;
    for (const name of this.meters.keys()) this.addRun(name, original, fused, exact);
  }

  private addRun(name: string, original: Outputs, fused: Outputs, exact: ExactRun | null): void {
    const ours = original.get(name) as NdArray;
    const theirs = fused.get(name) as NdArray;
    const tolerance =
      exact === null ? this.borrowed(name, ours) : this.tolerance(name, original, fused, exact);
    this.meters.get(name)?.run.add(ours, theirs, tolerance ?? undefined);
    this.meters.get(name)?.top.add(ours, theirs);
    if (exact !== null) this.fault ??= this.faultAt(name, original, fused, exact);
  }

  private tolerance(name: string, original: Outputs, fused: Outputs, exact: ExactRun): Tolerance {
    const ours = pairOf(name, exact.original, original);
    return runTolerance(exact, name, ours, pairOf(name, exact.fused, fused), this.task.runner.provider);
  }

  private faultAt(name: string, original: Outputs, fused: Outputs, exact: ExactRun): string | null {
    const { provider } = this.task.runner;
    const words = `: output "${name}" is further from a float64 evaluation of the same file than rounding explains`;
    if (isMiscomputed(exact, name, pairOf(name, exact.original, original), provider)) {
      return `miscomputes the original${words}`;
    }
    const isWrong = isMiscomputed(exact, name, pairOf(name, exact.fused, fused), provider);
    return isWrong ? `miscomputes the fused model${words}` : null;
  }

  /** The tolerance of the samples that were evaluated in float64, in proportion to the size of the output. */
  private borrowed(name: string, run: NdArray): Tolerance | null {
    let share = 0;
    this.exact.forEach((exact, sample) => {
      const original = this.runs.original[sample];
      const fused = this.runs.fused[sample];
      if (exact === null || original === undefined || fused === undefined) return;
      const tolerance = this.tolerance(name, original, fused, exact);
      const { data } = original.get(name) as NdArray;
      const size = largest(data);
      if (size > 0) share = Math.max(share, largest(data.map((_, i) => tolerance(i))) / size);
    });
    if (share === 0) return null;
    const allowed = share * largest(run.data);
    return () => allowed;
  }

  result(notExact: string | null, exactMismatch: string | null): NetworkCheck {
    const shown = [...this.meters].map(([name, { run, exact, top }]) => ({
      name,
      top: top.result(),
      shown: (this.hasRuns ? run : exact).result(),
      exact: exact.result(),
    }));
    const most = (ratios: readonly number[]): number => Math.max(0, ...ratios);
    return {
      // an output that was never compared (its shapes differ) has no figures, and zeros would look like a match
      outputs: shown
        .filter((one) => one.shown.count > 0)
        .map((one) => ({ ...outputComparison(one.name, one.shown), ...one.top })),
      samples: this.runs.samples.map(describeSample),
      mismatch: exactMismatch ?? this.shapes ?? this.infinities(shown),
      exactRatio: this.hasExact ? most(shown.map((one) => one.exact.ratio)) : null,
      runRatio: this.hasRuns && this.hasExact ? most(shown.map((one) => one.shown.ratio)) : null,
      backendFault: this.fault,
      nonFinite: nonFinite(shown.map((one) => one.shown)),
      notRun: this.runs.originalFailure,
      fusedNotRun: this.runs.fusedFailure,
      notExact,
    };
  }

  private infinities(shown: readonly { readonly name: string; readonly shown: Difference }[]): string | null {
    const bad = shown.find((one) => one.shown.otherNonFinite > 0);
    if (bad === undefined) return null;
    return `Output "${bad.name}" is infinite or not a number in ${bad.shown.otherNonFinite} places in one model only.`;
  }
}

function pairOf(name: string, truth: Outputs, run: Outputs): TruthAndRun {
  return { truth: truth.get(name) as NdArray, run: run.get(name) as NdArray };
}

function outputComparison(name: string, difference: Difference): OutputComparison {
  const { maxAbs, maxRel, rms, cosine, worstIndex, worstTolerance, histogram } = difference;
  return { name, maxAbs, maxRel, rms, cosine, worstIndex, bound: worstTolerance, histogram };
}

function nonFinite(differences: readonly Difference[]): NetworkCheck['nonFinite'] {
  const count = differences.reduce((sum, one) => sum + one.count, 0);
  const bad = differences.reduce((sum, one) => sum + one.sameNonFinite + one.otherNonFinite, 0);
  return bad === 0 ? 'none' : bad === count ? 'all' : 'some';
}
