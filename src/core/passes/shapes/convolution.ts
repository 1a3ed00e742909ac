import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Dim } from '../../ir/model';
import { addDims, floorDivide, multiplyDims } from '../symbolicDim';
import { typed, unifyDim } from './dims';
import { conflict } from './shapeConflict';
import type { NodeView, ShapeRule, ShapeRules } from './shapeRule';
import { windowOf, windowSteps, type Window } from './window';

/** Convolutions and pools: [N, C, spatial…]. */

const conv: ShapeRule = (view) => {
  const [x, w] = [view.type(0), view.type(1)];
  if (x === null) return [null];
  if (!w?.dims || w.dims.length < 2)
    return [typed(x.dtype, x.dims?.map((dim, axis) => (axis === 0 ? dim : null)) ?? null)];
  checkRank(x.dims, w.dims);
  const [filters, perGroup, ...kernel] = w.dims;
  const group = intAttribute(view.node, 'group', 1);
  checkChannels(x.dims?.[1] ?? null, multiplyDims(perGroup ?? null, group), group);
  const window = windowOf(view.node, kernel);
  return [typed(x.dtype, [x.dims?.[0] ?? null, filters ?? null, ...steps(window, x.dims)])];
};

function checkRank(x: readonly Dim[] | null, w: readonly Dim[]): void {
  if (x !== null && x.length !== w.length)
    conflict(`a kernel of rank ${w.length} on a tensor of rank ${x.length}`);
}

function checkChannels(channels: Dim, expected: Dim, group: number): void {
  if (typeof channels === 'number' && typeof expected === 'number' && channels !== expected) {
    conflict(`the kernel wants ${expected} channels in ${group} group(s), the input has ${channels}`);
  }
}

function steps(window: Window, x: readonly Dim[] | null): readonly Dim[] {
  return window.kernel.map((_, axis) => windowSteps(window, axis, x?.[axis + 2] ?? null));
}

const convTranspose: ShapeRule = (view) => {
  const [x, w] = [view.type(0), view.type(1)];
  if (x === null) return [null];
  if (!w?.dims || w.dims.length < 2) return [typed(x.dtype, null)];
  checkRank(x.dims, w.dims);
  const [channels, perGroup, ...kernel] = w.dims;
  const group = intAttribute(view.node, 'group', 1);
  checkChannels(x.dims?.[1] ?? null, channels ?? null, group);
  const window = windowOf(view.node, kernel);
  const given = intsAttribute(view.node, 'output_shape');
  const spatial = window.kernel.map((_, axis) => {
    const size = x.dims?.[axis + 2] ?? null;
    return given?.[given.length - window.kernel.length + axis] ?? spread(view, window, axis, size);
  });
  return [typed(x.dtype, [x.dims?.[0] ?? null, multiplyDims(perGroup ?? null, group), ...spatial])];
};

/** Size of a transposed convolution: stride·(size − 1) + output padding + extent − pads; SAME pads it to stride·size. */
function spread(view: NodeView, window: Window, axis: number, size: Dim): Dim {
  const stride = window.strides[axis] ?? 1;
  if (window.same) return multiplyDims(size, stride);
  const kernel = window.kernel[axis];
  if (typeof kernel !== 'number') return null;
  const extent = (kernel - 1) * (window.dilations[axis] ?? 1) + 1;
  const extra = intsAttribute(view.node, 'output_padding')?.[axis] ?? 0;
  const pads = (window.padsBegin[axis] ?? 0) + (window.padsEnd[axis] ?? 0);
  return addDims(multiplyDims(size, stride), extra + extent - pads - stride);
}

const pool: ShapeRule = (view) => {
  const x = view.type(0);
  const kernel = intsAttribute(view.node, 'kernel_shape');
  if (!x?.dims || kernel === null) return [x === null ? null : typed(x.dtype, null)];
  checkRank(x.dims, [null, null, ...kernel]);
  const dims = [...x.dims.slice(0, 2), ...steps(windowOf(view.node, kernel), x.dims)];
  return [typed(x.dtype, dims), typed('int64', dims)];
};

const globalPool: ShapeRule = (view) => {
  const x = view.type(0);
  return [x === null ? null : typed(x.dtype, x.dims?.map((dim, axis) => (axis < 2 ? dim : 1)) ?? null)];
};

const spaceToDepth: ShapeRule = (view) => {
  const x = view.type(0);
  if (x?.dims?.length !== 4) return [x === null ? null : typed(x.dtype, null)];
  const [n, c, h, w] = x.dims;
  const block = intAttribute(view.node, 'blocksize', 1);
  const channels = multiplyDims(c ?? null, block * block);
  return [
    typed(x.dtype, [n ?? null, channels, floorDivide(h ?? null, block), floorDivide(w ?? null, block)]),
  ];
};

const depthToSpace: ShapeRule = (view) => {
  const x = view.type(0);
  if (x?.dims?.length !== 4) return [x === null ? null : typed(x.dtype, null)];
  const [n, c, h, w] = x.dims;
  const block = intAttribute(view.node, 'blocksize', 1);
  const sides = [multiplyDims(h ?? null, block), multiplyDims(w ?? null, block)];
  return [typed(x.dtype, [n ?? null, floorDivide(c ?? null, block * block), ...sides])];
};

const gridSample: ShapeRule = (view) => {
  const [x, grid] = [view.type(0), view.type(1)];
  if (!x?.dims || !grid?.dims) return [x === null ? null : typed(x.dtype, null)];
  const batch = unifyDim(x.dims[0] ?? null, grid.dims[0] ?? null);
  return [typed(x.dtype, [batch, x.dims[1] ?? null, ...grid.dims.slice(1, -1)])];
};

const roiAlign: ShapeRule = (view) => {
  const [x, rois] = [view.type(0), view.type(1)];
  if (x === null) return [null];
  const height = intAttribute(view.node, 'output_height', 1);
  const width = intAttribute(view.node, 'output_width', 1);
  return [typed(x.dtype, [rois?.dims?.[0] ?? null, x.dims?.[1] ?? null, height, width])];
};

/** The type of integer convolution's sums. */
const convInteger: ShapeRule = (view) => {
  const [y] = conv(view);
  return [y ? typed('int32', y.dims) : null];
};

export const convolutionRules: ShapeRules = {
  Conv: conv,
  ConvInteger: convInteger,
  ConvTranspose: convTranspose,
  AveragePool: pool,
  MaxPool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  SpaceToDepth: spaceToDepth,
  DepthToSpace: depthToSpace,
  GridSample: gridSample,
  RoiAlign: roiAlign,
};
