import { intAttribute } from '../../ir/attributes';
import type { Dim } from '../../ir/model';
import { axesOf, normalAxis, typed, unknownDims, withDim } from './dims';
import type { ShapeRule, ShapeRules } from './shapeRule';

/** Ops that reduce axes to one value each, or to the best few. */

const reduce: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x];
  const keep = intAttribute(view.node, 'keepdims', 1) !== 0;
  const axes = axesOf(view, 1);
  if (axes === null) return [typed(x.dtype, keep ? unknownDims(x.dims.length) : null)];
  const none = axes === undefined || axes.length === 0;
  if (none && intAttribute(view.node, 'noop_with_empty_axes', 0) !== 0) return [x];
  const all = x.dims.map((_, axis) => axis);
  return [typed(x.dtype, reducedDims(x.dims, none ? all : axes, keep))];
};

function reducedDims(dims: readonly Dim[], axes: readonly number[], keep: boolean): readonly Dim[] {
  const gone = new Set(axes.map((axis) => normalAxis(axis, dims.length)));
  return keep
    ? dims.map((dim, axis) => (gone.has(axis) ? 1 : dim))
    : dims.filter((_, axis) => !gone.has(axis));
}

const argReduce: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [typed('int64', null)];
  const keep = intAttribute(view.node, 'keepdims', 1) !== 0;
  return [typed('int64', reducedDims(x.dims, [intAttribute(view.node, 'axis', 0)], keep))];
};

const topK: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x, typed('int64', null)];
  const axis = normalAxis(intAttribute(view.node, 'axis', -1), x.dims.length);
  const count = view.node.attributes.has('k') ? intAttribute(view.node, 'k', 0) : (view.ints(1)?.[0] ?? null);
  const dims = withDim(x.dims, axis, count);
  return [typed(x.dtype, dims), typed('int64', dims)];
};

const REDUCTIONS = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'];

export const reduceRules: ShapeRules = {
  ...Object.fromEntries(REDUCTIONS.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: argReduce,
  ArgMin: argReduce,
  TopK: topK,
};
