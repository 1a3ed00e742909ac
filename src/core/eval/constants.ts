import { intAttribute, tensorAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { dtypeOf } from '../onnx/dataTypes';
import { isNumeric, plainArray, toNdArray } from '../tensor/convert';
import type { DType } from '../tensor/dtype';
import { elementCount, rowMajorStrides, type NdArray } from '../tensor/tensor';
import { input, normalizeAxis, scalarInput, unsupported, type Kernel, type KernelTable } from './kernel';
import { int64Vector, ndArray, product, scalar } from './strided';

/** Operators that make arrays from nothing, from a shape, or from indices. */

/** The value of a Constant node. */
function constantValue(node: Node): NdArray {
  for (const [name, attribute] of node.attributes) {
    if (attribute.kind === 'tensor' && isNumeric(attribute.value.dtype)) return toNdArray(attribute.value);
    if (attribute.kind === 'float') return scalar('float32', attribute.value);
    if (attribute.kind === 'int') return scalar('int64', attribute.value);
    if (attribute.kind === 'ints') return int64Vector(attribute.value);
    if (attribute.kind === 'floats') {
      return ndArray('float32', [attribute.value.length], Float64Array.from(attribute.value));
    }
    unsupported(node, `holds its value as ${name} of kind ${attribute.kind}`);
  }
  return unsupported(node, 'has no value');
}

const constantOfShape: Kernel = (call) => {
  const dims = plainArray(input(call, 0).data);
  const tensor = tensorAttribute(call.node, 'value');
  const value = tensor === null ? 0 : (toNdArray(tensor).data[0] ?? 0);
  return [ndArray(tensor?.dtype ?? 'float32', dims, new Float64Array(elementCount(dims)).fill(value))];
};

const rangeKernel: Kernel = (call) => {
  const start = scalarInput(call, 0) ?? 0;
  const step = scalarInput(call, 2) ?? 1;
  const count = Math.max(0, Math.ceil(((scalarInput(call, 1) ?? 0) - start) / step));
  return [
    ndArray(
      input(call, 0).dtype,
      [count],
      Float64Array.from({ length: count }, (_, i) => start + i * step),
    ),
  ];
};

function dtypeAttribute(node: Node, name: string, fallback: DType): DType {
  const code = intAttribute(node, name, 0);
  return code === 0 ? fallback : dtypeOf(code);
}

const eyeLike: Kernel = (call) => {
  const x = input(call, 0);
  const [rows = 0, columns = 0] = x.dims;
  const diagonal = intAttribute(call.node, 'k', 0);
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const column = row + diagonal;
    if (column >= 0 && column < columns) out[row * columns + column] = 1;
  }
  return [ndArray(dtypeAttribute(call.node, 'dtype', x.dtype), [rows, columns], out)];
};

/** Values are [off, on]; an index outside the depth makes a row of "off". */
const oneHot: Kernel = (call) => {
  const indices = input(call, 0);
  const depth = scalarInput(call, 1) ?? 0;
  const values = input(call, 2);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', -1), indices.dims.length + 1);
  const inner = product(indices.dims, axis);
  const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)];
  const out = new Float64Array(elementCount(dims)).fill(values.data[0] ?? 0);
  indices.data.forEach((index, i) => {
    const hot = index < 0 ? index + depth : index;
    if (hot < 0 || hot >= depth) return;
    out[(Math.floor(i / inner) * depth + hot) * inner + (i % inner)] = values.data[1] ?? 1;
  });
  return [ndArray(values.dtype, dims, out)];
};

/** Keeps one triangle of the last two axes, from diagonal k on. */
const trilu: Kernel = (call) => {
  const x = input(call, 0);
  const upper = intAttribute(call.node, 'upper', 1) !== 0;
  const k = scalarInput(call, 1) ?? 0;
  const [rows = 1, columns = 1] = x.dims.slice(-2);
  const out = x.data.map((value, i) => {
    const above = (i % columns) - (Math.floor(i / columns) % rows) - k;
    return (upper ? above >= 0 : above <= 0) ? value : 0;
  });
  return [ndArray(x.dtype, x.dims, out)];
};

/** Indices of all elements that aren't 0: [rank, count]. */
const nonZero: Kernel = (call) => {
  const x = input(call, 0);
  const strides = rowMajorStrides(x.dims);
  const hits: number[] = [];
  x.data.forEach((value, i) => {
    if (value !== 0) hits.push(i);
  });
  const rows = x.dims.flatMap((dim, axis) =>
    hits.map((hit) => Math.floor(hit / (strides[axis] as number)) % dim),
  );
  return [ndArray('int64', [x.dims.length, hits.length], Float64Array.from(rows))];
};

export const constantKernels: KernelTable = {
  Constant: (call) => [constantValue(call.node)],
  ConstantOfShape: constantOfShape,
  Range: rangeKernel,
  EyeLike: eyeLike,
  OneHot: oneHot,
  Trilu: trilu,
  NonZero: nonZero,
};
