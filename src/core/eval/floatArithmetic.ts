import type { Node } from '../ir/model';
import type { NdArray } from '../tensor/tensor';
import { broadcastDims, expandTo } from './broadcast';
import { ndArray } from './strided';

/** The four operations that nearly all of a network's element-wise work is. */
export type FloatOperator = '+' | '-' | '*' | '/';

/** Two arrays of floats with numpy broadcasting: a loop for each operation, since a call for each element takes several times as long. */
export function floatArithmetic(node: Node, operator: FloatOperator, a: NdArray, b: NdArray): NdArray {
  const dims = broadcastDims(node, [a.dims, b.dims]);
  const left = expandTo(a, dims);
  const right = expandTo(b, dims);
  const out = new Float64Array(left.length);
  OPERATIONS[operator](left, right, out);
  return ndArray(a.dtype, dims, out);
}

type Operation = (a: Float64Array, b: Float64Array, out: Float64Array) => void;

const OPERATIONS: Readonly<Record<FloatOperator, Operation>> = {
  '+': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) + (b[i] as number);
  },
  '-': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) - (b[i] as number);
  },
  '*': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) * (b[i] as number);
  },
  '/': (a, b, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) / (b[i] as number);
  },
};
