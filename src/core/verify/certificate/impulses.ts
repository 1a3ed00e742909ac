import type { FusableBlock } from '../../detect/block';
import type { DType } from '../../tensor/dtype';
import { elementCount, rowMajorStrides, type NdArray } from '../../tensor/tensor';
import type { BlockPart } from '../block/blockRuns';
import { commonGroups } from './commonGroups';
import { reachOf } from './reach';

/** Where a tensor keeps its channels and its image; the batch is axis 0. */
export interface Layout {
  readonly channel: number;
  readonly spatial: readonly number[];
}

export function layoutOf({ form }: Pick<FusableBlock, 'form'>, rank: number): Layout {
  const channel = form === 'matmul' ? rank - 1 : 1;
  const spatial = Array.from({ length: rank }, (_, axis) => axis).slice(1);
  return { channel, spatial: spatial.filter((axis) => axis !== channel) };
}

/** Impulses to show a part, each a channel and a place. */
export interface ImpulsePlan {
  /** Of one image, the batch of it 1. */
  readonly dims: readonly number[];
  readonly layout: Layout;
  /** The places at which a channel is lit, one after the other: one for each residue of the stride on every axis. */
  readonly places: readonly (readonly number[])[];
  /** So many groups of channels never meet in either part: they are lit together, one channel of each. */
  readonly groups: number;
}

/**
 * Images just large enough that an impulse in the middle is seen by every tap of both parts, and as many places as the stride
 * has residues: a stride-2 convolution sees a quarter of its taps from each. `dims`: a shape that is to be kept, or one whose
 * image sizes may change.
 */
export function planImpulses(
  parts: readonly BlockPart[],
  dims: readonly number[],
  layout: Layout,
  sizesAreFree: boolean,
): ImpulsePlan {
  const { spatial } = layout;
  const reaches = parts.map((part) => reachOf(part, spatial.length));
  const sizes = [...dims];
  sizes[0] = 1;
  const ranges = spatial.map((axis, place) => {
    const low = Math.min(...reaches.map((reach) => reach[place]?.low ?? 0));
    const high = Math.max(...reaches.map((reach) => reach[place]?.high ?? 0));
    const stride = Math.max(...reaches.map((reach) => reach[place]?.stride ?? 1));
    if (!sizesAreFree) return middle(dims[axis] ?? 1, stride);
    const first = Math.max(high, 0);
    // the last impulse, what lies behind it in the widest kernel, and a step of the stride to spare
    sizes[axis] = first + stride - 1 + Math.max(0, -low) + stride;
    return range(first, stride);
  });
  const groups = layout.channel === 1 ? commonGroups(parts, dims[1] ?? 1) : 1;
  return { dims: sizes, layout, places: product(ranges), groups };
}

function middle(size: number, stride: number): readonly number[] {
  const count = Math.min(stride, size);
  return range(Math.max(0, Math.floor((size - count) / 2)), count);
}

function range(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

function product(lists: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return lists.reduce<readonly (readonly number[])[]>(
    (all, list) => all.flatMap((one) => list.map((item) => [...one, item])),
    [[]],
  );
}

/** Channels that are lit one after the other. */
export function channelsPerGroup({ dims, layout, groups }: ImpulsePlan): number {
  return (dims[layout.channel] ?? 1) / groups;
}

/** Number of images: channels of a group × places. */
export function impulseCount(plan: ImpulsePlan): number {
  return channelsPerGroup(plan) * plan.places.length;
}

/** The channel, counted in its group, and the place of an impulse. */
export function impulseAt(
  plan: ImpulsePlan,
  impulse: number,
): { readonly channel: number; readonly place: readonly number[] } {
  const channels = channelsPerGroup(plan);
  return { channel: impulse % channels, place: plan.places[Math.floor(impulse / channels)] ?? [] };
}

/** Some impulses as a batch, each in all groups at once; −1 is an image of zeros. */
export function drawImpulses(plan: ImpulsePlan, impulses: readonly number[], dtype: DType): NdArray {
  const dims = [impulses.length, ...plan.dims.slice(1)];
  const data = new Float64Array(elementCount(dims));
  const strides = rowMajorStrides(dims);
  impulses.forEach((impulse, image) => {
    if (impulse < 0) return;
    const { channel, place } = impulseAt(plan, impulse);
    let at = image * (strides[0] ?? 1) + channel * (strides[plan.layout.channel] ?? 1);
    plan.layout.spatial.forEach((axis, i) => (at += (place[i] ?? 0) * (strides[axis] ?? 1)));
    const step = channelsPerGroup(plan) * (strides[plan.layout.channel] ?? 1);
    for (let group = 0; group < plan.groups; group++) data[at + group * step] = 1;
  });
  return { dtype, dims, data };
}
