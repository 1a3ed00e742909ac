import { roundingBound } from '../../eval/rounding';
import type { DType } from '../../tensor/dtype';
import { unitRoundoff } from '../../tensor/dtype';
import { sameDims, type NdArray } from '../../tensor/tensor';
import { exactResult, magnitudeOf, type BlockPart } from '../block/blockRuns';
import { FLOAT64_NOISE, WEIGHT_ROUNDINGS } from '../bounds';
import { indexAt } from '../metrics';
import { checkCancelled } from '../runModel';
import { impulseCost } from './cost';
import { drawImpulses, impulseAt, impulseCount, type ImpulsePlan } from './impulses';
import { unitInLastPlace } from './unitInLastPlace';

/**
 * Whether a merged block is the block it was merged from, tap by tap and without sampling. An affine shift-invariant map is its
 * responses to impulses and to zero, so both forms are shown an impulse in each channel and, float64 against float64,
 *
 *     kernel:  |(M(δ) − M(0)) − (L(δ) − L(0))| ≤ ½ ulp + γ_n(u)·(S(δ) − S(0))       for every output channel and place
 *     bias:    |M(0) − L(0)|                   ≤ ½ ulp + γ_n(u)·S(0)                 for every place, borders included
 *
 * S is the original computed on magnitudes, ulp and u are those of the type that the merged weights are stored in: a weight that
 * is computed exactly and rounded once is within half a unit; n counts the roundings of a converter that works in that
 * type. A merged Conv answers an impulse with its stored weights, to the bit. Nothing of `fuse` or `algebra` is used.
 */
export interface Certificate {
  /** `taps`: every tap was compared; `channels`: those of some channels only, for the block is too large. */
  readonly method: 'taps' | 'channels';
  /** Answers to impulses that were compared, where one of both forms answers at all. */
  readonly taps: number;
  /** Input channels that were lit, and how many there are. */
  readonly channels: number;
  readonly ofChannels: number;
  /** The largest error of a weight or bias in units of the stored type's last place. */
  readonly ulps: number;
  /** The largest error in units of what is allowed; above 1 the certificate is refused. */
  readonly ratio: number;
  /** One sentence on the worst weight; null where all are within bounds. */
  readonly refusal: string | null;
}

export interface CertificateTask {
  readonly unfused: BlockPart;
  readonly merged: BlockPart;
  readonly plan: ImpulsePlan;
  /** Images that a run takes: any number, or the one that the exporter baked in. */
  readonly batch: number | null;
  /** Of the merged weights. */
  readonly dtype: DType;
  /** Products that one merged weight is the sum of (Conv ∘ Conv). */
  readonly composed: number;
  readonly signal?: AbortSignal;
}

/** Multiply-accumulates that one certificate may take, at some 10^8 a second on images this small. */
const BUDGET = 1e9;

/** Numbers that one array of a chunk may hold. */
const CHUNK_NUMBERS = 2 ** 21;

/** A certificate, or one sentence why there can be none. */
export function certify(task: CertificateTask): Certificate | { readonly failure: string } {
  const { plan, signal } = task;
  const total = impulseCount(plan);
  const channels = plan.dims[plan.layout.channel] ?? 1;
  const each = 2 * impulseCost(task.unfused, plan) + impulseCost(task.merged, plan);
  const affordable = Math.max(1, Math.floor(BUDGET / Math.max(1, each * plan.places.length)));
  const every = Math.max(1, Math.ceil(channels / affordable));
  const lit = Array.from({ length: total }, (_, i) => i).filter((i) => (i % channels) % every === 0);
  const comparison = new TapComparison(task);
  const zero = comparison.zero();
  if (zero !== null) return { failure: zero };
  const size = task.batch ?? chunkSize(plan, comparison.outputs);
  for (let from = 0; from < lit.length; from += size) {
    checkCancelled(signal);
    const failure = comparison.add(padded(lit.slice(from, from + size), task.batch));
    if (failure !== null) return { failure };
  }
  return comparison.result(every === 1 ? 'taps' : 'channels', Math.ceil(channels / every), channels);
}

function chunkSize({ dims }: ImpulsePlan, outputs: number): number {
  const inputs = dims.reduce((count, dim) => count * dim, 1);
  return Math.max(1, Math.floor(CHUNK_NUMBERS / Math.max(inputs, outputs)));
}

/** A baked batch is always full. */
function padded(impulses: readonly number[], batch: number | null): readonly number[] {
  const missing = batch === null ? 0 : batch - impulses.length;
  return [...impulses, ...Array.from({ length: missing }, () => -1)];
}

interface Response {
  readonly original: NdArray;
  readonly merged: NdArray;
  readonly size: NdArray;
  readonly roundings: number;
}

class TapComparison {
  private base: Response | null = null;
  private taps = 0;
  private ulps = 0;
  private ratio = 0;
  private worst: string | null = null;

  constructor(private readonly task: CertificateTask) {}

  /** Numbers of one image's response. */
  get outputs(): number {
    const { dims = [1], data } = this.base?.original ?? { data: [] };
    return data.length / Math.max(1, dims[0] ?? 1);
  }

  /** The responses to nothing: the biases. A sentence where there are none. */
  zero(): string | null {
    const response = this.respond(Array.from({ length: this.task.batch ?? 1 }, () => -1));
    if ('failure' in response) return response.failure;
    this.base = response;
    const { original, merged, size, roundings } = response;
    for (let at = 0; at < original.data.length; at++) {
      const exact = original.data[at] as number;
      const stored = merged.data[at] as number;
      this.compare(
        exact,
        stored,
        size.data[at] as number,
        0,
        roundings,
        () => `the bias at ${place(original, at)}`,
      );
    }
    return null;
  }

  add(impulses: readonly number[]): string | null {
    const response = this.respond(impulses);
    const base = this.base;
    if (base === null) return 'it was not computed';
    if ('failure' in response) return response.failure;
    const { original, merged, size, roundings } = response;
    const one = this.outputs;
    const offset = this.task.batch === null ? 0 : one;
    impulses.forEach((impulse, image) => {
      if (impulse < 0) return;
      for (let i = 0, at = image * one; i < one; i++, at++) {
        const from = offset === 0 ? i : at;
        const exact = (original.data[at] as number) - (base.original.data[from] as number);
        const stored = (merged.data[at] as number) - (base.merged.data[from] as number);
        if (exact === 0 && stored === 0) continue;
        this.taps += 1;
        const own = (size.data[at] as number) - (base.size.data[from] as number);
        this.compare(exact, stored, own, base.size.data[from] as number, roundings, () => {
          const { channel, place: lit } = impulseAt(this.task.plan, impulse);
          return `the answer at ${place(original, at)} to an impulse in channel ${channel}${lit.length === 0 ? '' : ` at [${lit.join(', ')}]`}`;
        });
      }
    });
    return null;
  }

  private compare(
    exact: number,
    stored: number,
    size: number,
    beside: number,
    roundings: number,
    describe: () => string,
  ): void {
    const { dtype } = this.task;
    const error = Math.abs(stored - exact);
    const ulp = unitInLastPlace(exact, dtype);
    const noise = FLOAT64_NOISE * (size + beside);
    const allowed = ulp / 2 + roundingBound(roundings, unitRoundoff(dtype)) * Math.max(0, size) + noise;
    if (error > noise) this.ulps = Math.max(this.ulps, error / ulp);
    // what is not a number fits nothing
    const ratio = error <= allowed ? error / allowed : Number.isNaN(error) ? Infinity : error / allowed;
    if (ratio <= this.ratio || error === 0) return;
    this.ratio = ratio;
    this.worst = `${describe()} is ${number(stored)} in the merged block and ${number(exact)} in the original`;
  }

  private respond(impulses: readonly number[]): Response | { readonly failure: string } {
    const { unfused, merged, plan, composed, signal } = this.task;
    const dtype = unfused.side.facts.types.get(unfused.source)?.dtype ?? 'float32';
    const input = drawImpulses(plan, impulses, dtype);
    const ours = exactResult(unfused, input, signal);
    if ('failure' in ours) return ours;
    const size = magnitudeOf(unfused, input, signal);
    if ('failure' in size) return size;
    const theirs = exactResult(merged, input, signal);
    if ('failure' in theirs) return theirs;
    if (!sameDims(ours.value.dims, theirs.value.dims))
      return { failure: 'the two forms make results of different sizes' };
    return {
      original: ours.value,
      merged: theirs.value,
      size: size.value.magnitude,
      roundings: WEIGHT_ROUNDINGS + size.value.depth + composed,
    };
  }

  result(method: Certificate['method'], channels: number, ofChannels: number): Certificate {
    const { taps, ulps, ratio, worst } = this;
    return {
      method,
      taps,
      channels,
      ofChannels,
      ulps,
      ratio,
      refusal: ratio > 1 ? `Tap by tap, ${worst}.` : null,
    };
  }
}

function place({ dims }: NdArray, at: number): string {
  return `[${indexAt(dims, at).slice(1).join(', ')}]`;
}

function number(value: number): string {
  return Number(value.toPrecision(6)).toString();
}
