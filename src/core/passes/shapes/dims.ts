import { intsAttribute } from '../../ir/attributes';
import type { Dim, ValueType } from '../../ir/model';
import type { DType } from '../../tensor/dtype';
import { multiplyDims } from '../symbolicDim';
import { conflict } from './shapeConflict';
import type { NodeView } from './shapeRule';

/** Steps that many shape rules share. */

export function typed(dtype: DType, dims: readonly Dim[] | null): ValueType {
  return { dtype, dims };
}

/** The input's own type under another element type. */
export function withDtype(type: ValueType | null, dtype: DType): ValueType {
  return { dtype, dims: type?.dims ?? null };
}

/** `axis` counted from the front. @throws ShapeConflict outside [−rank, rank). */
export function normalAxis(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!(front >= 0 && front < rank)) conflict(`axis ${axis} lies outside rank ${rank}`);
  return front;
}

/** One size of two that must be equal: what is known of either; null for two different symbols. */
export function unifyDim(a: Dim, b: Dim): Dim {
  if (a === b || b === null) return a;
  if (a === null) return b;
  if (typeof a === 'number' && typeof b === 'number') conflict(`sizes ${a} and ${b} differ`);
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : null;
}

/** The size that two broadcast to. A symbol against n > 1 gives n: it is 1 or n at run time. */
export function broadcastDim(a: Dim, b: Dim): Dim {
  if (a === 1 || a === b) return b;
  if (b === 1) return a;
  if (typeof a === 'number' && typeof b === 'number') conflict(`sizes ${a} and ${b} can't be broadcast`);
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : null;
}

/** Dims aligned at the end, as NumPy broadcasts them; null where one of them is null. */
export function broadcastDims(shapes: readonly (readonly Dim[] | null)[]): readonly Dim[] | null {
  let result: readonly Dim[] = [];
  for (const shape of shapes) {
    if (shape === null) return null;
    const [long, short] = result.length >= shape.length ? [result, shape] : [shape, result];
    const lead = long.length - short.length;
    result = long.map((dim, axis) => (axis < lead ? dim : broadcastDim(dim, short[axis - lead] ?? null)));
  }
  return result;
}

export function productOf(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>((product, dim) => multiplyDims(product, dim), 1);
}

/** Axes from the attribute or, in later operator sets, from an input: undefined where none are given, null if unknown. */
export function axesOf(
  view: NodeView,
  input: number,
  attribute = 'axes',
): readonly number[] | null | undefined {
  const inAttribute = intsAttribute(view.node, attribute);
  if (inAttribute !== null) return inAttribute;
  return view.has(input) ? wholeNumbers(view.ints(input)) : undefined;
}

/** The values if all of them are numbers. */
export function wholeNumbers(values: readonly Dim[] | null): readonly number[] | null {
  return values?.every((value) => typeof value === 'number') === true ? values : null;
}

/** A copy with another size at `axis`. */
export function withDim(dims: readonly Dim[], axis: number, size: Dim): readonly Dim[] {
  return dims.map((dim, at) => (at === axis ? size : dim));
}

/** `rank` unknown sizes. */
export function unknownDims(rank: number): readonly Dim[] {
  return new Array<Dim>(rank).fill(null);
}

/** Size of a one-dimensional input: how many elements a shape-like input has; null if not known. */
export function vectorLength(type: ValueType | null): number | null {
  const length = type?.dims?.length === 1 ? type.dims[0] : null;
  return typeof length === 'number' && length >= 0 && length <= MAX_RANK ? length : null;
}

/** No real tensor has more axes; keeps a hostile shape vector from growing arrays. */
const MAX_RANK = 64;
