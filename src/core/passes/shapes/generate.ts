import { intAttribute, intsAttribute, tensorAttribute } from '../../ir/attributes';
import type { Dim } from '../../ir/model';
import { dtypeOf } from '../../onnx/dataTypes';
import { normalAxis, typed, unknownDims, vectorLength, withDim } from './dims';
import { sliceIndices } from './sliceDims';
import type { ShapeRule, ShapeRules } from './shapeRule';

/** Ops whose output is made from shapes and values, not from the elements of an image. */

const shape: ShapeRule = (view) => {
  const rank = view.type(0)?.dims?.length;
  if (rank === undefined) return [typed('int64', [null])];
  const [start, end] = [intAttribute(view.node, 'start', 0), intAttribute(view.node, 'end', rank)];
  return [typed('int64', [sliceIndices(rank, start, end, 1).count])];
};

const size: ShapeRule = () => [typed('int64', [])];

const range: ShapeRule = (view) => {
  const dtype = view.type(0)?.dtype ?? view.type(1)?.dtype ?? 'int64';
  const [start, limit, delta] = [0, 1, 2].map((input) => view.numbers(input)?.[0]);
  if (start !== undefined && limit !== undefined && delta !== undefined && delta !== 0) {
    return [typed(dtype, [Math.max(0, Math.ceil((limit - start) / delta))])];
  }
  // arange(N)
  return [typed(dtype, [start === 0 && delta === 1 ? (view.ints(1)?.[0] ?? null) : null])];
};

const constantOfShape: ShapeRule = (view) => {
  const dtype = tensorAttribute(view.node, 'value')?.dtype ?? 'float32';
  const rank = vectorLength(view.type(0));
  return [typed(dtype, view.ints(0) ?? (rank === null ? null : unknownDims(rank)))];
};

const oneHot: ShapeRule = (view) => {
  const indices = view.type(0);
  const dtype = view.type(2)?.dtype;
  if (dtype === undefined || !indices?.dims) return [dtype === undefined ? null : typed(dtype, null)];
  const axis = intAttribute(view.node, 'axis', -1);
  const at = normalAxis(axis, indices.dims.length + 1);
  const depth: Dim = view.ints(1)?.[0] ?? view.numbers(1)?.[0] ?? null;
  return [typed(dtype, [...indices.dims.slice(0, at), depth, ...indices.dims.slice(at)])];
};

const eyeLike: ShapeRule = (view) => {
  const x = view.type(0);
  const code = intAttribute(view.node, 'dtype', 0);
  if (x === null) return [null];
  return [typed(code === 0 ? x.dtype : dtypeOf(code), x.dims)];
};

const random: ShapeRule = (view) => [
  typed(dtypeOf(intAttribute(view.node, 'dtype', 1)), intsAttribute(view.node, 'shape')),
];

const nonZero: ShapeRule = (view) => [typed('int64', [view.type(0)?.dims?.length ?? null, null])];

const compress: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x];
  const kept = view.numbers(1)?.filter((flag) => flag !== 0).length ?? null;
  if (!view.node.attributes.has('axis')) return [typed(x.dtype, [kept])];
  const axis = normalAxis(intAttribute(view.node, 'axis', 0), x.dims.length);
  return [typed(x.dtype, withDim(x.dims, axis, kept))];
};

const unique: ShapeRule = (view) => {
  const x = view.type(0);
  const flat = x !== null && !view.node.attributes.has('axis');
  const counts = typed('int64', [null]);
  return [x === null ? null : typed(x.dtype, flat ? [null] : null), counts, counts, counts];
};

const nonMaxSuppression: ShapeRule = () => [typed('int64', [null, 3])];

export const generateRules: ShapeRules = {
  Shape: shape,
  Size: size,
  Range: range,
  ConstantOfShape: constantOfShape,
  OneHot: oneHot,
  EyeLike: eyeLike,
  RandomNormal: random,
  RandomUniform: random,
  RandomNormalLike: eyeLike,
  RandomUniformLike: eyeLike,
  Bernoulli: eyeLike,
  NonZero: nonZero,
  Compress: compress,
  Unique: unique,
  NonMaxSuppression: nonMaxSuppression,
};
