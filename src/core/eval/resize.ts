import { floatsAttribute, intAttribute, intsAttribute, stringAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import type { NdArray } from '../tensor/tensor';
import { mapAxis } from './alongAxis';
import { roundHalfEven } from './elementwise';
import { badInput, input, normalizeAxis, optionalInput, unsupported } from './kernel';
import type { Kernel, KernelCall, KernelTable } from './kernel';
import { range } from './strided';

/** One axis of a resize. */
interface AxisScale {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** The place in the input, a fraction, that output element `place` looks at. */
type Coordinate = (place: number) => number;

/** Resizes one axis after the other; `nearest` and `linear` are separable. */
function resizeAxes(
  node: Node,
  x: NdArray,
  axes: readonly AxisScale[],
  coordinates: string,
  nearest: string,
): NdArray {
  const mode = stringAttribute(node, 'mode', 'nearest');
  return axes.reduce((array, one) => {
    if (one.from === one.to && one.scale === 1) return array;
    const coordinate = coordinateOf(node, coordinates, one);
    const last = one.from - 1;
    const clamp = (place: number) => Math.min(last, Math.max(0, place));
    if (mode === 'nearest') {
      const round = roundingOf(node, nearest);
      const places = range(one.to).map((place) => clamp(round(coordinate(place))));
      return mapAxis(array, one.axis, one.to, (line) => places.map((place) => line[place] as number));
    }
    if (mode !== 'linear' && mode !== 'bilinear') unsupported(node, `has mode = "${mode}"`);
    const places = range(one.to).map((place) => clamp(coordinate(place)));
    return mapAxis(array, one.axis, one.to, (line) => places.map((place) => interpolate(line, place)));
  }, x);
}

function interpolate(line: Float64Array, place: number): number {
  const low = Math.floor(place);
  const rest = place - low;
  const left = line[low] as number;
  return rest === 0 ? left : left * (1 - rest) + (line[low + 1] as number) * rest;
}

function coordinateOf(node: Node, name: string, { from, to, scale }: AxisScale): Coordinate {
  switch (name) {
    case 'half_pixel':
      return (place) => (place + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric': {
      const centre = (from / 2) * (1 - to / (scale * from));
      return (place) => centre + (place + 0.5) / scale - 0.5;
    }
    case 'pytorch_half_pixel':
      return (place) => (to > 1 ? (place + 0.5) / scale - 0.5 : 0);
    case 'align_corners':
      return (place) => (to > 1 ? (place * (from - 1)) / (to - 1) : 0);
    case 'asymmetric':
      return (place) => place / scale;
    default:
      return unsupported(node, `has coordinate_transformation_mode = "${name}"`);
  }
}

function roundingOf(node: Node, name: string): (place: number) => number {
  switch (name) {
    case 'round_prefer_floor':
      return (place) => Math.ceil(place - 0.5);
    case 'round_prefer_ceil':
      return (place) => Math.floor(place + 0.5);
    case 'floor':
      return Math.floor;
    case 'ceil':
      return Math.ceil;
    default:
      return unsupported(node, `has nearest_mode = "${name}"`);
  }
}

/** Resize from opset 11 on: X, region, scales, sizes. */
const resize: Kernel = (call) => {
  const { node } = call;
  const x = input(call, 0);
  if (call.opset < 11) return [resizeAxes(node, x, scaleAll(call), 'asymmetric', 'floor')];
  if (intAttribute(node, 'antialias', 0) !== 0) unsupported(node, 'has antialias = 1');
  const coordinates = stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel');
  const nearest = stringAttribute(node, 'nearest_mode', 'round_prefer_floor');
  const rank = x.dims.length;
  const axes = intsAttribute(node, 'axes')?.map((axis) => normalizeAxis(node, axis, rank)) ?? range(rank);
  const scales = optionalInput(call, 2);
  if (scales !== null && scales.data.length > 0) {
    return [
      resizeAxes(
        node,
        x,
        axes.map((axis, i) => byScale(x, axis, scales.data[i] as number)),
        coordinates,
        nearest,
      ),
    ];
  }
  const sizes = optionalInput(call, 3) ?? badInput(node, 'has neither scales nor sizes');
  return [resizeAxes(node, x, bySizes(node, x, axes, Array.from(sizes.data)), coordinates, nearest)];
};

function byScale(x: NdArray, axis: number, scale: number): AxisScale {
  const from = x.dims[axis] as number;
  return { axis, from, to: Math.floor(from * scale), scale };
}

/** Sizes as they are, or the smallest or largest of their scales on all axes alike. */
function bySizes(
  node: Node,
  x: NdArray,
  axes: readonly number[],
  sizes: readonly number[],
): readonly AxisScale[] {
  const each = axes.map((axis, i) => {
    const from = x.dims[axis] as number;
    const to = sizes[i] as number;
    return { axis, from, to, scale: to / from };
  });
  const policy = stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return each;
  const scales = each.map((one) => one.scale);
  const scale = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales);
  return each.map(({ axis, from }) => ({ axis, from, to: roundHalfEven(from * scale), scale }));
}

/** Upsample, and Resize 10: scales in an attribute or the second input. */
function scaleAll(call: KernelCall): readonly AxisScale[] {
  const x = input(call, 0);
  const scales = optionalInput(call, 1)?.data ?? floatsAttribute(call.node, 'scales');
  if (scales === null) badInput(call.node, 'has no scales');
  return Array.from(scales, (scale, axis) => byScale(x, axis, scale));
}

export const resizeKernels: KernelTable = {
  Resize: resize,
  Upsample: (call) => [resizeAxes(call.node, input(call, 0), scaleAll(call), 'asymmetric', 'floor')],
};
