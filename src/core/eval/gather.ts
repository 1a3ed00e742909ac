import { intAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { rowMajorStrides } from '../tensor/tensor';
import { badInput, input, normalizeAxis, type Kernel, type KernelTable } from './kernel';
import { ndArray, product } from './strided';

/** Reading by index; negative indices count from the end. */

/** @throws ProblemError `bad-input` for an index outside. */
export function checkedIndex(node: Node, index: number, size: number): number {
  const positive = index < 0 ? index + size : index;
  if (positive < 0 || positive >= size) badInput(node, `has index ${index} on an axis of size ${size}`);
  return positive;
}

const gather: Kernel = (call) => {
  const x = input(call, 0);
  const indices = input(call, 1);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', 0), x.dims.length);
  const size = x.dims[axis] as number;
  const outer = product(x.dims, 0, axis);
  const inner = product(x.dims, axis + 1);
  const places = Array.from(indices.data, (index) => checkedIndex(call.node, index, size));
  const out = new Float64Array(outer * places.length * inner);
  for (let o = 0; o < outer; o++) {
    places.forEach((place, i) => {
      const from = (o * size + place) * inner;
      out.set(x.data.subarray(from, from + inner), (o * places.length + i) * inner);
    });
  }
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
  return [ndArray(x.dtype, dims, out)];
};

/** Where element i of `dims` (row-major) lies in an array with `strides`, its place on `axis` left out. */
export function offsetWithoutAxis(
  i: number,
  dims: readonly number[],
  strides: readonly number[],
  axis: number,
): number {
  let rest = i;
  let offset = 0;
  for (let place = dims.length - 1; place >= 0; place--) {
    const dim = dims[place] as number;
    if (place !== axis) offset += (rest % dim) * (strides[place] as number);
    rest = Math.floor(rest / dim);
  }
  return offset;
}

const gatherElements: Kernel = (call) => {
  const x = input(call, 0);
  const indices = input(call, 1);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', 0), x.dims.length);
  const strides = rowMajorStrides(x.dims);
  const out = indices.data.map((index, i) => {
    const place = checkedIndex(call.node, index, x.dims[axis] as number);
    return x.data[
      offsetWithoutAxis(i, indices.dims, strides, axis) + place * (strides[axis] as number)
    ] as number;
  });
  return [ndArray(x.dtype, indices.dims, out)];
};

/** The offset that row `row` of an index array `[…, depth]` names on the axes from `first` on. */
export function tupleOffset(
  node: Node,
  indices: Float64Array,
  row: number,
  depth: number,
  dims: readonly number[],
  first: number,
): number {
  const strides = rowMajorStrides(dims);
  let offset = 0;
  for (let place = 0; place < depth; place++) {
    const index = indices[row * depth + place] as number;
    offset += checkedIndex(node, index, dims[first + place] ?? 0) * (strides[first + place] ?? 0);
  }
  return offset;
}

const gatherNd: Kernel = (call) => {
  const x = input(call, 0);
  const indices = input(call, 1);
  const batchAxes = intAttribute(call.node, 'batch_dims', 0);
  const depth = indices.dims[indices.dims.length - 1] ?? 0;
  const batches = product(x.dims, 0, batchAxes);
  const batchSize = product(x.dims, batchAxes);
  const inner = product(x.dims, batchAxes + depth);
  const rows = product(indices.dims, 0, indices.dims.length - 1);
  const out = new Float64Array(rows * inner);
  for (let row = 0; row < rows; row++) {
    const batch = Math.floor(row / (rows / batches));
    const from = batch * batchSize + tupleOffset(call.node, indices.data, row, depth, x.dims, batchAxes);
    out.set(x.data.subarray(from, from + inner), row * inner);
  }
  return [ndArray(x.dtype, [...indices.dims.slice(0, -1), ...x.dims.slice(batchAxes + depth)], out)];
};

export const gatherKernels: KernelTable = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
};
