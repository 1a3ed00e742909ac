import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Dim } from '../../ir/model';
import { addDims, divideDims, multiplyDims } from '../symbolicDim';
import { axesOf, broadcastDims, normalAxis, productOf, typed, unknownDims, vectorLength } from './dims';
import { conflict } from './shapeConflict';
import type { ShapeRule, ShapeRules } from './shapeRule';

/** Ops that change how elements are laid out, not what they are. */

const reshape: ShapeRule = (view) => {
  const x = view.type(0);
  if (x === null) return [null];
  const target = intsAttribute(view.node, 'shape') ?? view.ints(1);
  if (target === null) {
    const rank = vectorLength(view.type(1));
    return [typed(x.dtype, rank === null ? null : unknownDims(rank))];
  }
  return [typed(x.dtype, reshaped(x.dims, target, intAttribute(view.node, 'allowzero', 0) !== 0))];
};

function reshaped(from: readonly Dim[] | null, target: readonly Dim[], zeroIsZero: boolean): readonly Dim[] {
  const dims = target.map((dim, axis) => (dim === 0 && !zeroIsZero ? (from?.[axis] ?? null) : dim));
  const free = dims.indexOf(-1);
  const total = from === null ? null : productOf(from);
  const rest = productOf(dims.filter((_, axis) => axis !== free));
  if (free < 0) {
    if (typeof total === 'number' && typeof rest === 'number' && total !== rest)
      conflict(`${total} elements reshaped to ${rest}`);
    return dims;
  }
  if (dims.lastIndexOf(-1) !== free) conflict('a shape with two axes of -1');
  if (typeof total === 'number' && typeof rest === 'number' && rest > 0 && total % rest !== 0) {
    conflict(`${total} elements reshaped to a multiple of ${rest}`);
  }
  return dims.map((dim, axis) => (axis === free ? divideDims(total, rest) : dim));
}

const flatten: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x === null ? null : typed(x.dtype, unknownDims(2))];
  const axis = intAttribute(view.node, 'axis', 1);
  const at = axis === x.dims.length ? axis : normalAxis(axis, x.dims.length);
  return [typed(x.dtype, [productOf(x.dims.slice(0, at)), productOf(x.dims.slice(at))])];
};

const transpose: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x];
  const dims = x.dims;
  const perm = intsAttribute(view.node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
  if (perm.length !== dims.length) conflict(`a permutation of ${perm.length} axes on rank ${dims.length}`);
  return [
    typed(
      x.dtype,
      perm.map((axis) => dims[normalAxis(axis, dims.length)] ?? null),
    ),
  ];
};

const squeeze: ShapeRule = (view) => {
  const x = view.type(0);
  const axes = axesOf(view, 1);
  if (!x?.dims || axes === null) return [x === null ? null : typed(x.dtype, null)];
  const dims = x.dims;
  if (axes === undefined) {
    // which axes go depends on every size
    return [
      typed(x.dtype, dims.every((dim) => typeof dim === 'number') ? dims.filter((dim) => dim !== 1) : null),
    ];
  }
  const gone = new Set(axes.map((axis) => normalAxis(axis, dims.length)));
  for (const axis of gone) {
    const dim = dims[axis];
    if (typeof dim === 'number' && dim !== 1) conflict(`an axis of size ${dim} squeezed`);
  }
  return [
    typed(
      x.dtype,
      dims.filter((_, axis) => !gone.has(axis)),
    ),
  ];
};

const unsqueeze: ShapeRule = (view) => {
  const x = view.type(0);
  const axes = axesOf(view, 1);
  if (!x?.dims || !axes) return [x === null ? null : typed(x.dtype, null)];
  const rank = x.dims.length + axes.length;
  const added = new Set(axes.map((axis) => normalAxis(axis, rank)));
  const old = x.dims.values();
  const dims = Array.from({ length: rank }, (_, axis): Dim =>
    added.has(axis) ? 1 : (old.next().value ?? null),
  );
  return [typed(x.dtype, dims)];
};

const expand: ShapeRule = (view) => {
  const x = view.type(0);
  if (x === null) return [null];
  const target = view.ints(1);
  if (target === null) return [typed(x.dtype, null)];
  return [typed(x.dtype, broadcastDims([x.dims, target]))];
};

const tile: ShapeRule = (view) => {
  const x = view.type(0);
  const repeats = view.ints(1);
  if (!x?.dims || repeats === null)
    return [x === null ? null : typed(x.dtype, x.dims && unknownDims(x.dims.length))];
  return [
    typed(
      x.dtype,
      x.dims.map((dim, axis) => multiplyDims(dim, repeats[axis] ?? null)),
    ),
  ];
};

const pad: ShapeRule = (view) => {
  const x = view.type(0);
  if (!x?.dims) return [x];
  const pads = intsAttribute(view.node, 'pads') ?? intsAttribute(view.node, 'paddings') ?? view.ints(1);
  const axes = axesOf(view, 3);
  if (pads === null || axes === null) return [typed(x.dtype, unknownDims(x.dims.length))];
  return [typed(x.dtype, padded(x.dims, pads, axes ?? x.dims.map((_, axis) => axis)))];
};

function padded(dims: readonly Dim[], pads: readonly Dim[], axes: readonly number[]): readonly Dim[] {
  if (pads.length !== 2 * axes.length) conflict(`${pads.length} pads for ${axes.length} axes`);
  const result = [...dims];
  axes.forEach((axis, place) => {
    const at = normalAxis(axis, dims.length);
    result[at] = addDims(addDims(dims[at] ?? null, pads[place] ?? null), pads[place + axes.length] ?? null);
  });
  return result;
}

export const layoutRules: ShapeRules = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: tile,
  Pad: pad,
};
