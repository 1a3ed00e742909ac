import type { Node } from '../ir/model';
import type { DType } from '../tensor/dtype';
import { rowMajorStrides, sameDims, type NdArray } from '../tensor/tensor';
import { badInput } from './kernel';
import { ndArray, strided } from './strided';

/** The common shape of numpy broadcasting. @throws ProblemError `bad-input` where sizes disagree. */
export function broadcastDims(node: Node, shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...shapes.map((dims) => dims.length));
  const common = new Array<number>(rank).fill(1);
  for (const dims of shapes) {
    const shift = rank - dims.length;
    dims.forEach((dim, axis) => {
      const other = common[axis + shift] as number;
      if (other !== 1 && dim !== 1 && other !== dim) {
        const list = shapes.map((one) => `[${one.join(', ')}]`).join(' and ');
        badInput(node, `has inputs of shapes ${list}, which don't broadcast`);
      }
      if (dim !== 1) common[axis + shift] = dim;
    });
  }
  return common;
}

/** The array's elements repeated along axes of size 1 and missing leading axes, up to the shape `dims`. */
export function expandTo(array: NdArray, dims: readonly number[]): Float64Array {
  if (sameDims(array.dims, dims)) return array.data;
  const own = rowMajorStrides(array.dims);
  const shift = dims.length - array.dims.length;
  const strides = dims.map((_, axis) => {
    const place = axis - shift;
    return place < 0 || array.dims[place] === 1 ? 0 : (own[place] as number);
  });
  return strided(array.data, dims, strides);
}

/** Applies a function of two numbers with numpy broadcasting. */
export function broadcast2(
  node: Node,
  dtype: DType,
  a: NdArray,
  b: NdArray,
  apply: (a: number, b: number) => number,
): NdArray {
  const dims = broadcastDims(node, [a.dims, b.dims]);
  const left = expandTo(a, dims);
  const right = expandTo(b, dims);
  const out = new Float64Array(left.length);
  for (let i = 0; i < out.length; i++) out[i] = apply(left[i] as number, right[i] as number);
  return ndArray(dtype, dims, out);
}
