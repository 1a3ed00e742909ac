import { intAttribute, stringAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { rowMajorStrides } from '../tensor/tensor';
import { checkedIndex, offsetWithoutAxis, tupleOffset } from './gather';
import { input, normalizeAxis, unsupported, type Kernel, type KernelTable } from './kernel';
import { ndArray, product } from './strided';

/** Writing by index, in the order of the indices. */

type Reduction = (old: number, update: number) => number;

function reductionOf(node: Node): Reduction {
  const name = stringAttribute(node, 'reduction', 'none');
  switch (name) {
    case 'none':
      return (_, update) => update;
    case 'add':
      return (old, update) => old + update;
    case 'mul':
      return (old, update) => old * update;
    case 'max':
      return Math.max;
    case 'min':
      return Math.min;
    default:
      return unsupported(node, `has reduction = "${name}"`);
  }
}

const scatterNd: Kernel = (call) => {
  const x = input(call, 0);
  const indices = input(call, 1);
  const updates = input(call, 2);
  const combine = reductionOf(call.node);
  const depth = indices.dims[indices.dims.length - 1] ?? 0;
  const rows = product(indices.dims, 0, indices.dims.length - 1);
  const inner = product(x.dims, depth);
  const out = x.data.slice();
  for (let row = 0; row < rows; row++) {
    const to = tupleOffset(call.node, indices.data, row, depth, x.dims, 0);
    for (let i = 0; i < inner; i++) {
      out[to + i] = combine(out[to + i] as number, updates.data[row * inner + i] as number);
    }
  }
  return [ndArray(x.dtype, x.dims, out)];
};

const scatterElements: Kernel = (call) => {
  const x = input(call, 0);
  const indices = input(call, 1);
  const updates = input(call, 2);
  const combine = reductionOf(call.node);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', 0), x.dims.length);
  const strides = rowMajorStrides(x.dims);
  const out = x.data.slice();
  indices.data.forEach((index, i) => {
    const place = checkedIndex(call.node, index, x.dims[axis] as number);
    const to = offsetWithoutAxis(i, indices.dims, strides, axis) + place * (strides[axis] as number);
    out[to] = combine(out[to] as number, updates.data[i] as number);
  });
  return [ndArray(x.dtype, x.dims, out)];
};

export const scatterKernels: KernelTable = {
  ScatterND: scatterNd,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
};
