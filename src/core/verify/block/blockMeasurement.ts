import type { Magnitude } from '../../eval/tracked';
import type { RunnerSession } from '../../ports';
import { largestFinite, type DType } from '../../tensor/dtype';
import { elementCount, sameDims, type NdArray } from '../../tensor/tensor';
import { precisionOf, runBound, twoPartBound, weightBound } from '../bounds';
import { certifiedScope } from '../certificate/certifiedScope';
import { certifyBlock, worseOf, type CertificateOutcome } from '../certificate/certifyBlock';
import { storedType } from '../certificate/storedType';
import type { Part } from '../match/part';
import type { Tolerance } from '../metrics';
import type { BlockComparison, Fault } from '../report';
import { exactResult, magnitudeOf, runPart, withSignal, type BlockPart } from './blockRuns';
import type { BlockCheck, BlockTask } from './checkBlock';
import { composedProducts } from './composedProducts';
import { Gauge } from './gauge';
import type { Probe } from './probes';

/** Both forms of a block, loaded into the runtime; null where it can't be. */
export interface Sessions {
  readonly unfused: RunnerSession | null;
  readonly merged: RunnerSession | null;
  readonly failure: string | null;
}

/** Every dynamic size is tried at least twice; more costs time and shows little. */
const MAX_SHAPES = 2;

/** A probe's exact results and their magnitudes, in both forms. */
interface Exact {
  readonly unfused: NdArray;
  readonly merged: NdArray;
  readonly unfusedMagnitude: Magnitude;
  readonly mergedMagnitude: Magnitude;
}

/** What is known of a block so far, probe by probe. */
export class BlockMeasurement {
  readonly dtype: DType;
  private readonly composed: number;
  /** Of the weights. */
  private readonly stored: DType;
  /** Float64 against float64: is it one function? */
  private readonly exact = new Gauge();
  /** Run against run. */
  private readonly runs = new Gauge();
  /** Run against float64, of each form. */
  private readonly unfusedRun = new Gauge();
  private readonly mergedRun = new Gauge();
  private readonly tried = new Set<string>();
  private structural: string | null = null;
  private skipped: string | null = null;
  private runFailure: string | null = null;
  private certificate: CertificateOutcome | null = null;

  constructor(
    private readonly task: BlockTask,
    private unfused: BlockPart,
    private merged: BlockPart,
  ) {
    this.dtype = unfused.side.facts.types.get(unfused.source)?.dtype ?? 'float32';
    this.stored = storedType([unfused, merged], this.dtype);
    this.composed = composedProducts(unfused.side, task.block.region.nodes);
  }

  /** From now on with other values given beside the source. */
  turnTo(unfused: BlockPart, merged: BlockPart): void {
    this.unfused = unfused;
    this.merged = merged;
  }

  /** The first few shapes at which the unfused block can be computed. */
  computable(shapes: readonly (readonly number[])[]): readonly (readonly number[])[] {
    const usable: (readonly number[])[] = [];
    for (const dims of shapes) {
      if (usable.length === MAX_SHAPES) break;
      const zeros = { dtype: this.dtype, dims, data: new Float64Array(elementCount(dims)) };
      const result = exactResult(this.unfused, zeros, this.task.signal);
      if ('failure' in result) this.skipped ??= result.failure;
      else usable.push(dims);
    }
    return usable;
  }

  async take(probe: Probe, sessions: Sessions): Promise<void> {
    const exact = this.evaluate(probe.input);
    if (exact === null) return;
    this.tried.add(probe.dims.join('×'));
    const weights = weightBound(exact.mergedMagnitude, exact.unfusedMagnitude, this.composed, this.stored);
    this.exact.add(probe, exact.unfused, exact.merged, weights);
    if (sessions.unfused === null || sessions.merged === null || this.overflows(exact)) return;
    const unfused = await runPart(this.unfused, sessions.unfused, probe.input);
    const merged = await runPart(this.merged, sessions.merged, probe.input);
    if ('failure' in unfused || 'failure' in merged) {
      this.runFailure ??=
        'failure' in unfused ? unfused.failure : 'failure' in merged ? merged.failure : null;
      return;
    }
    this.compareRuns(probe, exact, weights, unfused.value, merged.value);
  }

  /** Tap by tap, unless the probes already show a difference. */
  certify(shapes: readonly (readonly number[])[]): void {
    if (this.faults().length > 0) return;
    const { unfused, merged, task } = this;
    const certificate = certifyBlock(
      { block: task.block, unfused, merged, composed: this.composed, ...withSignal(task.signal) },
      shapes,
    );
    this.certificate = this.certificate === null ? certificate : worseOf(this.certificate, certificate);
  }

  private compareRuns(
    probe: Probe,
    exact: Exact,
    weights: Tolerance,
    unfused: NdArray,
    merged: NdArray,
  ): void {
    const precision = precisionOf(this.dtype, this.task.runner.provider);
    const twoPart = twoPartBound(exact.mergedMagnitude, exact.unfusedMagnitude, precision);
    // somebody else's merged weights may have been rounded more than once, which the two parts don't count
    this.runs.add(probe, unfused, merged, (i) => twoPart(i) + weights(i));
    this.unfusedRun.add(probe, exact.unfused, unfused, runBound(exact.unfusedMagnitude, precision));
    this.mergedRun.add(probe, exact.merged, merged, runBound(exact.mergedMagnitude, precision));
  }

  /** Null where the unfused block can't be computed on this input, or the merged one is already known to be wrong. */
  private evaluate(input: NdArray): Exact | null {
    const { signal } = this.task;
    const unfused = exactResult(this.unfused, input, signal);
    const unfusedMagnitude = magnitudeOf(this.unfused, input, signal);
    if ('failure' in unfused || 'failure' in unfusedMagnitude) {
      this.skipped ??=
        'failure' in unfused
          ? unfused.failure
          : 'failure' in unfusedMagnitude
            ? unfusedMagnitude.failure
            : null;
      return null;
    }
    const merged = exactResult(this.merged, input, signal);
    if ('failure' in merged) {
      this.structural ??= `The merged block can't be computed on an input of shape ${input.dims.join('×')}: ${merged.failure}`;
      return null;
    }
    if (!sameDims(unfused.value.dims, merged.value.dims)) {
      const [was, is] = [unfused.value.dims.join('×'), merged.value.dims.join('×')];
      this.structural ??= `From an input of shape ${input.dims.join('×')} the merged block makes ${is}, the original ${was}.`;
      return null;
    }
    const mergedMagnitude = magnitudeOf(this.merged, input, signal);
    return {
      unfused: unfused.value,
      merged: merged.value,
      unfusedMagnitude: unfusedMagnitude.value,
      // what is not affine has no bound of its own
      mergedMagnitude: 'failure' in mergedMagnitude ? unfusedMagnitude.value : mergedMagnitude.value,
    };
  }

  private overflows({ unfusedMagnitude, mergedMagnitude }: Exact): boolean {
    const limit = largestFinite(this.dtype) / 2;
    const tooLarge = (values: Float64Array): boolean => values.some((value) => value > limit);
    return tooLarge(unfusedMagnitude.magnitude.data) || tooLarge(mergedMagnitude.magnitude.data);
  }

  judge(insteadOf: string | null, loadFailure: string | null): BlockCheck {
    const { block } = this.task;
    const smaller = insteadOf === null ? '' : ` (smaller than the model's ${insteadOf}, to save time)`;
    const tried = `inputs of shape ${[...this.tried].join(' and ')}${smaller}`;
    const notRun = loadFailure ?? (this.runs.difference === null ? this.runFailure : null);
    const found = this.faults();
    const { difference } = this.exact;
    if (difference === null && found.length === 0)
      return unknown(block, `no size could be computed: ${this.skipped ?? ''}`, notRun);
    const finite = (difference?.count ?? 0) - (difference?.sameNonFinite ?? 0);
    if (finite === 0 && found.length === 0)
      return unknown(block, `${tried}: all results are infinite or not a number`, notRun);
    const ran = notRun === null ? '' : '; in float64 only';
    const scope = `${certifiedScope(this.certificate, this.stored, tried)}${ran}`;
    const verdict = found.length > 0 ? 'not-equivalent' : this.verdict();
    return {
      comparison: this.comparison(verdict, found.length > 0 ? tried : scope, found),
      backendFault: this.backendFault(),
      notRun,
      doubt: found.length === 0 ? this.doubt() : null,
    };
  }

  /** Without a fault. */
  private verdict(): BlockComparison['verdict'] {
    const isDoubted = this.doubt() !== null || (this.backendFault() === null && this.runs.isExceeded);
    return isDoubted ? 'inconclusive' : 'equivalent';
  }

  private doubt(): string | null {
    return this.certificate !== null && 'failure' in this.certificate ? this.certificate.failure : null;
  }

  private comparison(
    verdict: BlockComparison['verdict'],
    scope: string,
    faults: readonly Fault[],
  ): BlockComparison {
    const ratios = [this.exact, this.runs].map((gauge) => gauge.difference?.ratio ?? 0);
    const measured = this.exact.difference !== null;
    // a runtime at fault says nothing of the fusion
    const ratio = this.backendFault() === null ? Math.max(...ratios) : (ratios[0] ?? 0);
    return { id: this.task.block.id, verdict, scope, ratio: measured ? ratio : null, faults };
  }

  private faults(): readonly Fault[] {
    const nodes = this.task.block.region.nodes.map((node) => node.name);
    const fault = (message: string): Fault => ({ kind: 'weights', message, nodes, share: 1 });
    if (this.structural !== null) return [fault(this.structural)];
    const certificate = this.certificate;
    if (!this.exact.isExceeded) {
      const refusal =
        certificate === null || 'failure' in certificate ? null : certificate.certificate.refusal;
      return refusal === null ? [] : [fault(refusal)];
    }
    return [fault(`The merged block ${this.exact.describe('rounding of the weights')}.`)];
  }

  private backendFault(): string | null {
    const { id } = this.task.block;
    if (this.unfusedRun.isExceeded) {
      return `miscomputes block ${id} of the original: it ${this.unfusedRun.describe('rounding')} (against float64)`;
    }
    if (this.mergedRun.isExceeded) {
      return `miscomputes the merged block ${id}: it ${this.mergedRun.describe('rounding')} (against float64)`;
    }
    return null;
  }
}

/** A block that nothing can be said of. */
export function unknown(block: Part, scope: string, notRun: string | null = null): BlockCheck {
  const comparison: BlockComparison = {
    id: block.id,
    verdict: 'inconclusive',
    scope,
    ratio: null,
    faults: [],
  };
  return { comparison, backendFault: null, notRun, doubt: scope };
}
