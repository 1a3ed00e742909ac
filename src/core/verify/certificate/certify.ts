import type { DType } from '../../tensor/dtype';
import { sameDims, type NdArray } from '../../tensor/tensor';
import { exactResult, magnitudeOf, type BlockPart } from '../block/blockRuns';
import { WEIGHT_ROUNDINGS } from '../bounds';
import { indexAt } from '../metrics';
import { checkCancelled } from '../runModel';
import { impulseCost } from './cost';
import { channelsPerGroup, drawImpulses, impulseAt, impulseCount, type ImpulsePlan } from './impulses';
import { WeightMeter } from './weightMeter';

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

/** Numbers that one certificate may make, products among them, at some 5·10^8 a second. */
const BUDGET = 1e9;

/** Numbers that one array of a chunk may hold: few stay in a cache, many save reading weights that are not kept. */
const CHUNK_NUMBERS = { kept: 2 ** 19, read: 2 ** 22 };

/** A certificate, or one sentence why there can be none. */
export function certify(task: CertificateTask): Certificate | { readonly failure: string } {
  const { plan, signal } = task;
  const total = impulseCount(plan);
  const channels = channelsPerGroup(plan);
  const each = 2 * impulseCost(task.unfused, plan) + impulseCost(task.merged, plan);
  const affordable = Math.max(1, Math.floor(BUDGET / Math.max(1, each * plan.places.length)));
  const every = Math.max(1, Math.ceil(channels / affordable));
  const lit = Array.from({ length: total }, (_, i) => i).filter((i) => (i % channels) % every === 0);
  const comparison = new TapComparison(task);
  const zero = comparison.zero();
  if (zero !== null) return { failure: zero };
  const { unfused, merged } = task;
  const areKept = unfused.constants !== undefined && merged.constants !== undefined;
  const numbers = CHUNK_NUMBERS[areKept ? 'kept' : 'read'];
  const size = task.batch ?? chunkSize(plan, comparison.outputs, numbers);
  for (let from = 0; from < lit.length; from += size) {
    checkCancelled(signal);
    const failure = comparison.add(padded(lit.slice(from, from + size), task.batch));
    if (failure !== null) return { failure };
  }
  const { groups } = plan;
  const method = every === 1 ? 'taps' : 'channels';
  return comparison.result(method, Math.ceil(channels / every) * groups, channels * groups);
}

function chunkSize({ dims }: ImpulsePlan, outputs: number, numbers: number): number {
  const inputs = dims.reduce((count, dim) => count * dim, 1);
  return Math.max(1, Math.floor(numbers / Math.max(inputs, outputs)));
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
  private readonly meter: WeightMeter;
  private worst: string | null = null;

  constructor(private readonly task: CertificateTask) {
    this.meter = new WeightMeter(task.dtype);
  }

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
    this.meter.turnTo(roundings);
    let worst = -1;
    for (let at = 0; at < original.data.length; at++) {
      const [exact, stored] = [original.data[at] as number, merged.data[at] as number];
      if (this.meter.add(exact, stored, size.data[at] as number, 0)) worst = at;
    }
    if (worst >= 0) {
      const bias = `the bias at ${place(original, worst)}`;
      this.remember(bias, original.data[worst] as number, merged.data[worst] as number);
    }
    return null;
  }

  add(impulses: readonly number[]): string | null {
    const response = this.respond(impulses);
    const base = this.base;
    if (base === null) return 'it was not computed';
    if ('failure' in response) return response.failure;
    this.meter.turnTo(response.roundings);
    impulses.forEach((impulse, image) => {
      if (impulse >= 0) this.addImage(response, base, impulse, image);
    });
    return null;
  }

  private addImage(
    { original, merged, size }: Response,
    base: Response,
    impulse: number,
    image: number,
  ): void {
    const { meter } = this;
    const one = this.outputs;
    const first = image * one;
    const shift = this.task.batch === null ? first : 0;
    const [ours, theirs, sizes] = [original.data, merged.data, size.data];
    const [noOurs, noTheirs, noSizes] = [base.original.data, base.merged.data, base.size.data];
    let worst = -1;
    for (let at = first, from = first - shift; at < first + one; at++, from++) {
      const exact = (ours[at] as number) - (noOurs[from] as number);
      const stored = (theirs[at] as number) - (noTheirs[from] as number);
      if (exact === 0 && stored === 0) continue;
      this.taps += 1;
      const beside = noSizes[from] as number;
      if (meter.add(exact, stored, (sizes[at] as number) - beside, beside)) worst = at;
    }
    if (worst < 0) return;
    const [exact, stored] = [original, merged].map(({ data }, i) => {
      const bias = (i === 0 ? noOurs : noTheirs)[worst - shift] as number;
      return (data[worst] as number) - bias;
    }) as [number, number];
    this.remember(this.answer(original, worst, impulse), exact, stored);
  }

  private answer(result: NdArray, at: number, impulse: number): string {
    const { plan } = this.task;
    const { channel, place: lit } = impulseAt(plan, impulse);
    const [, output = 0] = indexAt(result.dims, at);
    const group = plan.groups === 1 ? 0 : Math.floor(output / ((result.dims[1] ?? 1) / plan.groups));
    const lighted = channel + group * channelsPerGroup(plan);
    return `the answer at ${place(result, at)} to an impulse in channel ${lighted}${lit.length === 0 ? '' : ` at [${lit.join(', ')}]`}`;
  }

  private remember(what: string, exact: number, stored: number): void {
    this.worst = `${what} is ${number(stored)} in the merged block and ${number(exact)} in the original`;
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
    const { taps, worst } = this;
    const { ulps, ratio } = this.meter;
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
