import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Dim } from '../../ir/model';
import { addDims } from '../symbolicDim';
import { normalAxis, typed, unifyDim, unknownDims, wholeNumbers, withDim } from './dims';
import { conflict } from './shapeConflict';
import { sliceDims } from './sliceDims';
import type { ShapeRule, ShapeRules } from './shapeRule';

/** Ops that pick, join and overwrite parts of tensors. */

const concat: ShapeRule = (view) => {
  const types = view.node.inputs.map((_, input) => view.type(input));
  const dtype = types.find((type) => type !== null)?.dtype;
  if (dtype === undefined) return [null];
  const shapes = types.map((type) => type?.dims ?? null);
  const rank = shapes.find((shape) => shape !== null)?.length;
  if (rank === undefined) return [typed(dtype, null)];
  const axis = normalAxis(intAttribute(view.node, 'axis', 0), rank);
  const dims = shapes
    .map((shape) => shape ?? unknownDims(rank))
    .reduce((joined, shape) => {
      if (shape.length !== rank) conflict(`tensors of rank ${rank} and ${shape.length} joined`);
      return joined.map((dim, at) =>
        at === axis ? addDims(dim, shape[at] ?? null) : unifyDim(dim, shape[at] ?? null),
      );
    });
  return [typed(dtype, dims)];
};

const split: ShapeRule = (view) => {
  const x = view.type(0);
  const parts = view.node.outputs.length;
  if (!x?.dims) return new Array<null>(parts).fill(null);
  const dims = x.dims;
  const axis = normalAxis(intAttribute(view.node, 'axis', 0), dims.length);
  const lengths =
    intsAttribute(view.node, 'split') ??
    (view.has(1) ? (view.ints(1) ?? []) : equalParts(dims[axis] ?? null, parts));
  return view.node.outputs.map((_, part) => typed(x.dtype, withDim(dims, axis, lengths[part] ?? null)));
};

/** Equal parts; where they can't be equal the last is smaller. */
function equalParts(size: Dim, parts: number): readonly Dim[] {
  if (typeof size !== 'number') return parts === 1 ? [size] : [];
  const part = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, place) => Math.max(0, Math.min(part, size - place * part)));
}

const slice: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x];
  const given = (name: string, input: number): readonly Dim[] | null | undefined =>
    intsAttribute(view.node, name) ?? (view.has(input) ? view.ints(input) : undefined);
  const [starts, ends] = [given('starts', 1), given('ends', 2)];
  const [axes, steps] = [given('axes', 3), given('steps', 4)];
  if (axes === null) return [typed(x.dtype, unknownDims(x.dims.length))];
  const count = starts?.length ?? ends?.length ?? x.dims.length;
  return [
    typed(
      x.dtype,
      sliceDims(x.dims, {
        starts: starts ?? unknownDims(count),
        ends: ends ?? unknownDims(count),
        axes: wholeNumbers(axes ?? x.dims.slice(0, count).map((_, axis) => axis)),
        steps: steps === null ? unknownDims(count) : (steps ?? new Array<number>(count).fill(1)),
      }),
    ),
  ];
};

const gather: ShapeRule = (view) => {
  const [x, indices] = [view.type(0), view.type(1)];
  if (!x?.dims || !indices?.dims) return [x === null ? null : typed(x.dtype, null)];
  const axis = normalAxis(intAttribute(view.node, 'axis', 0), x.dims.length);
  return [typed(x.dtype, [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)])];
};

const gatherElements: ShapeRule = (view) => {
  const x = view.type(0);
  return [x === null ? null : typed(x.dtype, view.type(1)?.dims ?? null)];
};

const gatherNd: ShapeRule = (view) => {
  const [x, indices] = [view.type(0), view.type(1)];
  const depth = indices?.dims?.at(-1);
  if (!x?.dims || !indices?.dims || typeof depth !== 'number')
    return [x === null ? null : typed(x.dtype, null)];
  const batch = intAttribute(view.node, 'batch_dims', 0);
  if (batch + depth > x.dims.length) conflict(`an index of ${depth} axes into rank ${x.dims.length}`);
  return [typed(x.dtype, [...indices.dims.slice(0, -1), ...x.dims.slice(batch + depth)])];
};

/** The updates replace slices of the data: their shape is that of the indices without the last axis, then the slice. */
const scatterNd: ShapeRule = (view) => {
  const [x, indices, updates] = [view.type(0), view.type(1), view.type(2)];
  const depth = indices?.dims?.at(-1);
  if (!x?.dims || !indices?.dims || !updates?.dims || typeof depth !== 'number') return [x];
  if (depth > x.dims.length) conflict(`an index of ${depth} axes into rank ${x.dims.length}`);
  const expected = [...indices.dims.slice(0, -1), ...x.dims.slice(depth)];
  if (expected.length !== updates.dims.length)
    conflict(`updates of rank ${updates.dims.length} for rank ${expected.length}`);
  expected.forEach((dim, axis) => unifyDim(dim, updates.dims?.[axis] ?? null));
  return [x];
};

const scatterElements: ShapeRule = (view) => [view.type(0)];

export const selectRules: ShapeRules = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterND: scatterNd,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
};
