import type { DType } from '../tensor/dtype';
import { elementCount, rowMajorStrides, type NdArray } from '../tensor/tensor';

export function ndArray(dtype: DType, dims: readonly number[], data: Float64Array): NdArray {
  return { dtype, dims, data };
}

export function scalar(dtype: DType, value: number): NdArray {
  return { dtype, dims: [], data: Float64Array.of(value) };
}

/** A vector of int64. */
export function int64Vector(values: readonly number[]): NdArray {
  return { dtype: 'int64', dims: [values.length], data: Float64Array.from(values) };
}

/** The same elements under another shape. */
export function withDims(array: NdArray, dims: readonly number[]): NdArray {
  return { dtype: array.dtype, dims, data: array.data };
}

/**
 * Reads `data` along strides: element i of the result (row-major, shape `dims`) is `data[offset + Σ i_a · strides_a]`.
 * Transposes, slices and broadcasts are all of this one loop.
 */
export function strided(
  data: Float64Array,
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
): Float64Array {
  const out = new Float64Array(elementCount(dims));
  if (out.length === 0) return out;
  const walk = joinedAxes(dims, strides);
  const last = walk.dims.length - 1;
  const width = walk.dims[last] as number;
  const step = walk.strides[last] as number;
  const index = new Array<number>(last).fill(0);
  let from = offset;
  for (let row = 0; row < out.length; row += width) {
    if (step === 0 && width > FEW) out.fill(data[from] as number, row, row + width);
    else for (let i = 0, at = from; i < width; i++, at += step) out[row + i] = data[at] as number;
    for (let axis = last - 1; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      from += walk.strides[axis] as number;
      if (next < (walk.dims[axis] as number)) {
        index[axis] = next;
        break;
      }
      from -= (walk.strides[axis] as number) * next;
      index[axis] = 0;
    }
  }
  return out;
}

/** A loop writes so few faster than a call does. */
const FEW = 8;

/** The same walk with axes of size 1 left out and axes that continue each other made one; at least one axis. */
function joinedAxes(
  dims: readonly number[],
  strides: readonly number[],
): { readonly dims: readonly number[]; readonly strides: readonly number[] } {
  const sizes: number[] = [];
  const steps: number[] = [];
  dims.forEach((dim, axis) => {
    if (dim === 1) return;
    const step = strides[axis] as number;
    const last = sizes.length - 1;
    if (last >= 0 && steps[last] === step * dim) {
      sizes[last] = (sizes[last] as number) * dim;
      steps[last] = step;
    } else {
      sizes.push(dim);
      steps.push(step);
    }
  });
  return sizes.length === 0 ? { dims: [1], strides: [0] } : { dims: sizes, strides: steps };
}

/** The array with its axes in another order: axis a of the result is axis `order[a]` of the array. */
export function transposed(array: NdArray, order: readonly number[]): NdArray {
  const from = rowMajorStrides(array.dims);
  const dims = order.map((axis) => array.dims[axis] as number);
  const strides = order.map((axis) => from[axis] as number);
  return ndArray(array.dtype, dims, strided(array.data, dims, strides));
}

/** 0, 1, …, n − 1. */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Product of the dims [from, to). */
export function product(dims: readonly number[], from = 0, to = dims.length): number {
  return elementCount(dims.slice(from, to));
}
