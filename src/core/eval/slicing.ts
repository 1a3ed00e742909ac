import { intAttribute } from '../ir/attributes';
import { rowMajorStrides, type NdArray } from '../tensor/tensor';
import {
  badInput,
  input,
  intsOf,
  normalizeAxis,
  presentInputs,
  type Kernel,
  type KernelCall,
  type KernelTable,
} from './kernel';
import { ndArray, product, range, strided } from './strided';

/** Slice, Split, Concat. */

/** Elements [start, start + length) of one axis. */
export function cut(array: NdArray, axis: number, start: number, length: number): NdArray {
  const strides = rowMajorStrides(array.dims);
  const dims = array.dims.map((dim, place) => (place === axis ? length : dim));
  return ndArray(array.dtype, dims, strided(array.data, dims, strides, start * (strides[axis] as number)));
}

const slice: Kernel = (call) => {
  const x = input(call, 0);
  const starts = intsOf(call, 'starts', 1) ?? badInput(call.node, 'has no starts');
  const ends = intsOf(call, 'ends', 2) ?? badInput(call.node, 'has no ends');
  const axes = intsOf(call, 'axes', 3) ?? range(starts.length);
  const steps = intsOf(call, 'steps', 4) ?? starts.map(() => 1);
  const dims = [...x.dims];
  const strides = rowMajorStrides(x.dims);
  let offset = 0;
  axes.forEach((given, i) => {
    const axis = normalizeAxis(call.node, given, dims.length);
    const step = steps[i] ?? 1;
    if (step === 0) badInput(call.node, 'has step 0');
    const size = x.dims[axis] as number;
    const [start, end] = sliceLimits(starts[i] as number, ends[i] as number, step, size);
    dims[axis] = Math.max(0, Math.ceil((end - start) / step));
    offset += start * (strides[axis] as number);
    strides[axis] = (strides[axis] as number) * step;
  });
  return [ndArray(x.dtype, dims, strided(x.data, dims, strides, offset))];
};

/** Negative limits count from the end; what lies outside is pulled in, as Python's slices do. */
function sliceLimits(start: number, end: number, step: number, size: number): readonly [number, number] {
  const fromEnd = (limit: number) => (limit < 0 ? limit + size : limit);
  const clamp = (limit: number, low: number, high: number) => Math.min(high, Math.max(low, limit));
  if (step > 0) return [clamp(fromEnd(start), 0, size), clamp(fromEnd(end), 0, size)];
  return [clamp(fromEnd(start), 0, size - 1), clamp(fromEnd(end), -1, size - 1)];
}

const split: Kernel = (call) => {
  const x = input(call, 0);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', 0), x.dims.length);
  let start = 0;
  return splitSizes(call, x.dims[axis] as number).map((length) => {
    const part = cut(x, axis, start, length);
    start += length;
    return part;
  });
};

/** Given, or equal parts of which the last may be smaller. */
function splitSizes(call: KernelCall, size: number): readonly number[] {
  const given = intsOf(call, 'split', 1);
  if (given !== null) {
    if (given.reduce((sum, part) => sum + part, 0) !== size)
      badInput(call.node, 'has parts that do not add up');
    return given;
  }
  const parts = intAttribute(call.node, 'num_outputs', call.node.outputs.length);
  const each = Math.ceil(size / parts);
  return range(parts).map((i) => Math.max(0, Math.min(each, size - i * each)));
}

const concat: Kernel = (call) => {
  const arrays = presentInputs(call);
  const first = input(call, 0);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', 1), first.dims.length);
  const total = arrays.reduce((sum, array) => sum + (array.dims[axis] as number), 0);
  const dims = first.dims.map((dim, place) => (place === axis ? total : dim));
  const rows = product(dims, 0, axis);
  const width = product(dims, axis);
  const out = new Float64Array(rows * width);
  let column = 0;
  for (const array of arrays) {
    const own = product(array.dims, axis);
    if (own * rows !== array.data.length) badInput(call.node, 'joins inputs whose other axes differ');
    if (own === 1) {
      // columns side by side: how exporters make index tuples
      for (let row = 0, to = column; row < rows; row++, to += width) out[to] = array.data[row] as number;
    }
    for (let row = 0; own > 1 && row < rows; row++) {
      const to = row * width + column;
      // a subarray costs more than to copy a few elements
      if (own > 16) out.set(array.data.subarray(row * own, (row + 1) * own), to);
      else for (let i = 0; i < own; i++) out[to + i] = array.data[row * own + i] as number;
    }
    column += own;
  }
  return [ndArray(first.dtype, dims, out)];
};

export const slicingKernels: KernelTable = { Slice: slice, Split: split, Concat: concat };
