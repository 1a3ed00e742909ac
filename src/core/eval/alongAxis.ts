import { intAttribute } from '../ir/attributes';
import type { NdArray } from '../tensor/tensor';
import { input, intsOf, normalizeAxis, scalarInput, type Kernel, type KernelTable } from './kernel';
import { ndArray, product, range } from './strided';

/** Operators that look at one line of elements along one axis at a time. */

/** Calls `visit` with the offset of the first element of each line along `axis`, in row-major order of the lines. */
export function forEachLine(
  dims: readonly number[],
  axis: number,
  visit: (start: number, step: number, line: number) => void,
): void {
  const step = product(dims, axis + 1);
  const length = dims[axis] as number;
  const lines = product(dims, 0, axis) * step;
  for (let line = 0; line < lines; line++) {
    visit(Math.floor(line / step) * step * length + (line % step), step, line);
  }
}

/** Dims with one axis set to `size`. */
function resized(dims: readonly number[], axis: number, size: number): number[] {
  return dims.map((dim, place) => (place === axis ? size : dim));
}

function argExtreme(better: (a: number, b: number) => boolean): Kernel {
  return (call) => {
    const x = input(call, 0);
    const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', 0), x.dims.length);
    const last = intAttribute(call.node, 'select_last_index', 0) !== 0;
    const dims = resized(x.dims, axis, 1);
    const out = new Float64Array(product(dims));
    forEachLine(x.dims, axis, (start, step, line) => {
      let best = 0;
      for (let i = 1; i < (x.dims[axis] as number); i++) {
        const value = x.data[start + i * step] as number;
        const leader = x.data[start + best * step] as number;
        if (better(value, leader) || (last && value === leader)) best = i;
      }
      out[line] = best;
    });
    const keep = intAttribute(call.node, 'keepdims', 1) !== 0;
    return [ndArray('int64', keep ? dims : dims.filter((_, place) => place !== axis), out)];
  };
}

/** Equal values come in the order of their indices. */
const topK: Kernel = (call) => {
  const x = input(call, 0);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', -1), x.dims.length);
  const k = intsOf(call, 'k', 1)?.[0] ?? intAttribute(call.node, 'k', 1);
  const sign = intAttribute(call.node, 'largest', 1) !== 0 ? -1 : 1;
  const dims = resized(x.dims, axis, k);
  const values = new Float64Array(product(dims));
  const indices = new Float64Array(values.length);
  const length = x.dims[axis] as number;
  const starts: number[] = [];
  forEachLine(dims, axis, (start) => starts.push(start));
  forEachLine(x.dims, axis, (start, step, line) => {
    const value = (i: number) => x.data[start + i * step] as number;
    const order = range(length).sort((a, b) => sign * (value(a) - value(b)) || a - b);
    order.slice(0, k).forEach((i, place) => {
      const to = (starts[line] as number) + place * step;
      values[to] = value(i);
      indices[to] = i;
    });
  });
  return [ndArray(x.dtype, dims, values), ndArray('int64', dims, indices)];
};

const cumSum: Kernel = (call) => {
  const x = input(call, 0);
  const axis = normalizeAxis(call.node, scalarInput(call, 1) ?? 0, x.dims.length);
  const exclusive = intAttribute(call.node, 'exclusive', 0) !== 0;
  const reverse = intAttribute(call.node, 'reverse', 0) !== 0;
  const length = x.dims[axis] as number;
  const out = new Float64Array(x.data.length);
  forEachLine(x.dims, axis, (start, step) => {
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const at = start + (reverse ? length - 1 - i : i) * step;
      const before = sum;
      sum += x.data[at] as number;
      out[at] = exclusive ? before : sum;
    }
  });
  return [ndArray(x.dtype, x.dims, out)];
};

/** Maps every line along `axis` to a line of `length` elements. */
export function mapAxis(
  x: NdArray,
  axis: number,
  length: number,
  apply: (line: Float64Array) => ArrayLike<number>,
): NdArray {
  const dims = resized(x.dims, axis, length);
  const out = new Float64Array(product(dims));
  const starts: number[] = [];
  forEachLine(dims, axis, (start) => starts.push(start));
  const own = x.dims[axis] as number;
  forEachLine(x.dims, axis, (start, step, line) => {
    const result = apply(Float64Array.from({ length: own }, (_, i) => x.data[start + i * step] as number));
    const to = starts[line] as number;
    for (let i = 0; i < length; i++) out[to + i * step] = result[i] as number;
  });
  return ndArray(x.dtype, dims, out);
}

export const alongAxisKernels: KernelTable = {
  ArgMax: argExtreme((a, b) => a > b),
  ArgMin: argExtreme((a, b) => a < b),
  TopK: topK,
  CumSum: cumSum,
};
