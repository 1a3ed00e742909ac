import { stringAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import { isConstant, type Analysis } from '../analysis';
import {
  axisOf,
  constantNumbers,
  dataInputs,
  dimsOf,
  isRelabel,
  knownProduct,
  listOf,
  permutation,
  sameSizes,
} from './relabel';
import { sliceIndices, splitIndices } from './selection';

/**
 * Scalars of each sample: some of the values that an attention head makes for it, in whatever shape. Element i of a
 * sample (row-major, the batch axis left out) is the head's element places[i].
 */
export interface Coefficients {
  /** The value that the head makes, [N, …], `count` elements a sample. */
  readonly head: string;
  readonly count: number;
  readonly places: readonly number[];
  /** Sizes of the value at hand. */
  readonly dims: readonly Dim[];
  /** −1 where the batch is 1 and its axis is gone. */
  readonly batchAxis: number;
}

/** Stands among the places for a weight that is 1 for every input. */
export const ONE = -1;

/** No attention chooses among more kernels. */
const MAX_COUNT = 4096;
const MAX_DEPTH = 24;

/** What `value` is of which head; null for a value that is no small vector a sample. */
export function coefficientsOf(analysis: Analysis, value: string, depth = 0): Coefficients | null {
  if (depth > MAX_DEPTH || isConstant(analysis, value)) return null;
  const node = analysis.index.producer.get(value);
  if (node === undefined) return leaf(analysis, value);
  const variable = dataInputs(analysis, node);
  const follows = isSelection(node) || isRelabel(analysis, node);
  if (!follows || variable.length !== 1 || variable[0] !== node.inputs[0]) return leaf(analysis, value);
  const inner = coefficientsOf(analysis, node.inputs[0] ?? '', depth + 1);
  return inner === null ? null : followed(analysis, node, value, inner);
}

function isSelection(node: Node): boolean {
  return node.domain === '' && ['Gather', 'Slice', 'Split', 'Transpose', 'Pad'].includes(node.opType);
}

function leaf(analysis: Analysis, value: string): Coefficients | null {
  const dims = dimsOf(analysis, value);
  if (dims === null || dims.length < 2) return null;
  const count = knownProduct(dims.slice(1));
  if (count === null || count < 1 || count > MAX_COUNT) return null;
  const places = Array.from({ length: count }, (_, place) => place);
  return { head: value, count, places, dims, batchAxis: 0 };
}

function followed(analysis: Analysis, node: Node, value: string, inner: Coefficients): Coefficients | null {
  switch (node.opType) {
    case 'Transpose':
      return transposed(node, inner);
    case 'Gather':
      return gathered(analysis, node, inner);
    case 'Slice':
      return sliced(analysis, node, inner);
    case 'Split':
      return split(analysis, node, value, inner);
    case 'Pad':
      return padded(analysis, node, inner);
    default:
      return relabelled(inner, dimsOf(analysis, value));
  }
}

/** Another shape: the batch stays in front, or only axes of size 1 come and go. */
function relabelled(inner: Coefficients, dims: readonly Dim[] | null): Coefficients | null {
  if (dims === null) return null;
  const count = inner.places.length;
  if (inner.batchAxis === 0 && dims.length > 0 && knownProduct(dims.slice(1)) === count) {
    return { ...inner, dims, batchAxis: 0 };
  }
  const single = inner.batchAxis < 0 || inner.dims[inner.batchAxis] === 1;
  if (single) return knownProduct(dims) === count ? { ...inner, dims, batchAxis: -1 } : null;
  const kept = (sizes: readonly Dim[]): readonly Dim[] => sizes.filter((dim) => dim !== 1);
  if (!sameSizes(kept(inner.dims), kept(dims))) return null;
  const rank = kept(inner.dims.slice(0, inner.batchAxis)).length;
  const batchAxis = dims.findIndex((dim, axis) => dim !== 1 && kept(dims.slice(0, axis)).length === rank);
  return { ...inner, dims, batchAxis };
}

function transposed(node: Node, inner: Coefficients): Coefficients | null {
  const perm = permutation(node, inner.dims.length);
  const rest = perm.filter((axis) => axis !== inner.batchAxis);
  const sizes = sampleDims(inner);
  const from = rest.map((axis) => axis - (inner.batchAxis >= 0 && inner.batchAxis < axis ? 1 : 0));
  const places = permuted(inner.places, sizes, from);
  if (places === null) return null;
  return {
    ...inner,
    places,
    dims: perm.map((axis) => inner.dims[axis] ?? null),
    batchAxis: perm.indexOf(inner.batchAxis),
  };
}

/** Elements of a row-major array whose axis i is the old axis from[i]. */
function permuted(
  places: readonly number[],
  sizes: readonly Dim[],
  from: readonly number[],
): readonly number[] | null {
  if (knownProduct(sizes) !== places.length) return null;
  const strides = sizes.map((_, axis) => knownProduct(sizes.slice(axis + 1)) ?? 0);
  let at = [0];
  for (const axis of from) {
    const size = sizes[axis] as number;
    at = at.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * (strides[axis] ?? 0)));
  }
  return at.map((place) => places[place] as number);
}

function gathered(analysis: Analysis, node: Node, inner: Coefficients): Coefficients | null {
  const axis = axisOf(node, 0, inner.dims.length);
  const indices = constantNumbers(analysis, node.inputs[1] ?? '');
  const rank = analysis.facts.constants.get(node.inputs[1] ?? '')?.dims.length ?? 2;
  if (indices === null || rank > 1) return null;
  return selected(inner, axis, indices, rank === 0);
}

function sliced(analysis: Analysis, node: Node, inner: Coefficients): Coefficients | null {
  const ranges = sliceIndices(analysis, node, inner.dims);
  if (ranges === null) return null;
  let result: Coefficients | null = inner;
  for (const [axis, indices] of ranges) {
    if (result !== null) result = selected(result, axis, indices, false);
  }
  return result;
}

function split(analysis: Analysis, node: Node, value: string, inner: Coefficients): Coefficients | null {
  const axis = axisOf(node, 0, inner.dims.length);
  const indices = splitIndices(analysis, node, inner.dims[axis] ?? null, node.outputs.indexOf(value));
  return indices === null ? null : selected(inner, axis, indices, false);
}

/** A weight of 1 behind the others: what is written for a static branch beside weights that don't add up to 1. */
function padded(analysis: Analysis, node: Node, inner: Coefficients): Coefficients | null {
  const pads = listOf(analysis, node, 'pads', 1);
  const value = constantNumbers(analysis, node.inputs[2] ?? '');
  const last = inner.dims.length - 1;
  const size = inner.dims[last];
  const appends = pads?.every((pad, at) => pad === (at === pads.length - 1 ? 1 : 0)) === true;
  if (!appends || value?.[0] !== 1 || inner.batchAxis === last || size !== inner.places.length) return null;
  const mode = stringAttribute(node, 'mode', 'constant');
  if (mode !== 'constant' || (node.inputs[3] ?? '') !== '') return null;
  return { ...inner, places: [...inner.places, ONE], dims: [...inner.dims.slice(0, last), size + 1] };
}

/** The given elements of one axis; `drop`: the axis goes. */
function selected(
  inner: Coefficients,
  axis: number,
  indices: readonly number[],
  drop: boolean,
): Coefficients | null {
  const { dims, batchAxis } = inner;
  const size = dims[axis];
  if (typeof size !== 'number') return null;
  const wanted = indices.map((index) => (index < 0 ? index + size : index));
  if (wanted.some((index) => !(index >= 0 && index < size))) return null;
  const newDims = dims.flatMap((dim, place) => (place !== axis ? [dim] : drop ? [] : [wanted.length]));
  if (axis === batchAxis) {
    if (size !== 1 || wanted.length !== 1) return null;
    return { ...inner, dims: newDims, batchAxis: drop ? -1 : batchAxis };
  }
  const sizes = sampleDims(inner);
  const sampleAxis = axis - (batchAxis >= 0 && batchAxis < axis ? 1 : 0);
  const outer = knownProduct(sizes.slice(0, sampleAxis)) ?? 0;
  const below = knownProduct(sizes.slice(sampleAxis + 1)) ?? 0;
  const places: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (const index of wanted) {
      const start = (o * size + index) * below;
      places.push(...inner.places.slice(start, start + below));
    }
  }
  const shift = drop && axis < batchAxis ? 1 : 0;
  return { ...inner, places, dims: newDims, batchAxis: batchAxis - shift };
}

/** Sizes without the batch. */
export function sampleDims({ dims, batchAxis }: Coefficients): readonly Dim[] {
  return dims.filter((_, axis) => axis !== batchAxis);
}

/** The scalars of all K kernels in the head's order, as rows [N, K]. */
export function isPlainRows({ places, count, dims, batchAxis }: Coefficients): boolean {
  return (
    batchAxis === 0 &&
    dims.length === 2 &&
    places.length === count &&
    places.every((place, at) => place === at)
  );
}
