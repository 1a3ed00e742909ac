import { floatsAttribute, intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Dim } from '../../ir/model';
import { floorDivide, multiplyDims } from '../symbolicDim';
import { normalAxis, typed, unknownDims } from './dims';
import type { NodeView, ShapeRule, ShapeRules } from './shapeRule';

/** Resize and Upsample: by sizes or by factors, of all axes or of some. */

const resize: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x];
  const rank = x.dims.length;
  const axes =
    intsAttribute(view.node, 'axes')?.map((axis) => normalAxis(axis, rank)) ?? x.dims.map((_, axis) => axis);
  const dims = bySizes(view, x.dims, axes) ?? byFactors(x.dims, axes, factorsOf(view));
  return [typed(x.dtype, dims ?? unknownDims(rank))];
};

/** Input 3, where it is given and the aspect ratio is not kept. */
function bySizes(view: NodeView, dims: readonly Dim[], axes: readonly number[]): readonly Dim[] | null {
  if (!view.has(3)) return null;
  const sizes = view.ints(3);
  const stretch = stringAttribute(view.node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch';
  const free = unknownDims(axes.length);
  return onAxes(dims, axes, sizes !== null && stretch ? sizes : free);
}

/** Upsample 7 has them as an attribute, Upsample 9 and Resize 10 as input 1, Resize from 11 on as input 2. */
function factorsOf(view: NodeView): readonly number[] | null {
  const input = view.node.opType === 'Upsample' || view.opset < 11 ? 1 : 2;
  return floatsAttribute(view.node, 'scales') ?? (view.has(input) ? view.numbers(input) : null);
}

function byFactors(
  dims: readonly Dim[],
  axes: readonly number[],
  factors: readonly number[] | null,
): readonly Dim[] | null {
  if (factors?.length !== axes.length) return null;
  return onAxes(
    dims,
    axes,
    axes.map((axis, place) => scaled(dims[axis] ?? null, factors[place] ?? 1)),
  );
}

/** floor(size · factor), in float32 as the runtimes compute it. */
function scaled(size: Dim, factor: number): Dim {
  if (typeof size === 'number') return Math.floor(Math.fround(size * factor));
  if (Number.isInteger(factor)) return multiplyDims(size, factor);
  return Number.isInteger(1 / factor) ? floorDivide(size, 1 / factor) : null;
}

function onAxes(dims: readonly Dim[], axes: readonly number[], sizes: readonly Dim[]): readonly Dim[] {
  const result = [...dims];
  axes.forEach((axis, place) => (result[axis] = sizes[place] ?? null));
  return result;
}

export const resizeRules: ShapeRules = { Resize: resize, Upsample: resize };
