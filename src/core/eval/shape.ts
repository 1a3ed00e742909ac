import { intAttribute, intsAttribute } from '../ir/attributes';
import { plainArray } from '../tensor/convert';
import { elementCount } from '../tensor/tensor';
import { broadcastDims, expandTo } from './broadcast';
import {
  badInput,
  input,
  intsOf,
  normalizeAxis,
  scalarInput,
  unsupported,
  type Kernel,
  type KernelTable,
} from './kernel';
import { int64Vector, ndArray, product, range, scalar, strided, transposed, withDims } from './strided';

/** Operators that change or read the shape and keep every element. */

/** 0 keeps the input's size (unless `allowzero`), one −1 takes what is left. */
const reshape: Kernel = (call) => {
  const x = input(call, 0);
  const wanted = intsOf(call, 'shape', 1) ?? badInput(call.node, 'has no shape');
  const keepZero = intAttribute(call.node, 'allowzero', 0) !== 0;
  const dims = wanted.map((dim, axis) => (dim === 0 && !keepZero ? (x.dims[axis] ?? 0) : dim));
  const open = dims.indexOf(-1);
  if (open >= 0) {
    const known = dims.reduce((size, dim, axis) => (axis === open ? size : size * dim), 1);
    dims[open] = known === 0 ? 0 : x.data.length / known;
  }
  if (elementCount(dims) !== x.data.length || !dims.every(Number.isInteger)) {
    badInput(call.node, `can't reshape [${x.dims.join(', ')}] to [${wanted.join(', ')}]`);
  }
  return [withDims(x, dims)];
};

const flatten: Kernel = (call) => {
  const x = input(call, 0);
  const axis = intAttribute(call.node, 'axis', 1);
  const split = axis < 0 ? axis + x.dims.length : axis;
  return [withDims(x, [product(x.dims, 0, split), product(x.dims, split)])];
};

const squeeze: Kernel = (call) => {
  const x = input(call, 0);
  const axes = intsOf(call, 'axes', 1)?.map((axis) => normalizeAxis(call.node, axis, x.dims.length));
  const gone = (dim: number, axis: number) => (axes === undefined ? dim === 1 : axes.includes(axis));
  x.dims.forEach((dim, axis) => {
    if (gone(dim, axis) && dim !== 1) badInput(call.node, `squeezes axis ${axis}, whose size is ${dim}`);
  });
  return [
    withDims(
      x,
      x.dims.filter((dim, axis) => !gone(dim, axis)),
    ),
  ];
};

const unsqueeze: Kernel = (call) => {
  const x = input(call, 0);
  const axes = intsOf(call, 'axes', 1) ?? badInput(call.node, 'has no axes');
  const rank = x.dims.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(call.node, axis, rank)));
  const rest = [...x.dims];
  return [
    withDims(
      x,
      range(rank).map((axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1))),
    ),
  ];
};

const transpose: Kernel = (call) => {
  const x = input(call, 0);
  return [transposed(x, intsAttribute(call.node, 'perm') ?? range(x.dims.length).reverse())];
};

const expand: Kernel = (call) => {
  const x = input(call, 0);
  const dims = broadcastDims(call.node, [x.dims, plainArray(input(call, 1).data)]);
  return [ndArray(x.dtype, dims, expandTo(x, dims))];
};

/** Repeats along each axis by seeing the shape as [1, d0, 1, d1, …] and broadcasting the ones. */
const tile: Kernel = (call) => {
  const x = input(call, 0);
  const repeats = plainArray(input(call, 1).data);
  const dims: number[] = [];
  const strides: number[] = [];
  x.dims.forEach((dim, axis) => {
    dims.push(repeats[axis] ?? 1, dim);
    strides.push(0, product(x.dims, axis + 1));
  });
  const data = strided(x.data, dims, strides);
  return [
    ndArray(
      x.dtype,
      x.dims.map((dim, axis) => dim * (repeats[axis] ?? 1)),
      data,
    ),
  ];
};

const shape: Kernel = (call) => {
  const { dims } = input(call, 0);
  return [
    int64Vector(dims.slice(intAttribute(call.node, 'start', 0), intAttribute(call.node, 'end', dims.length))),
  ];
};

/** Inference only: the input itself, and a mask of ones where it is asked for. */
const dropout: Kernel = (call) => {
  const x = input(call, 0);
  const training = scalarInput(call, 2);
  if (training !== null && training !== 0) unsupported(call.node, 'runs in training mode');
  return [x, ndArray('bool', x.dims, new Float64Array(x.data.length).fill(1))];
};

/** [N, C·b², H, W] → [N, C, H·b, W·b]. */
const depthToSpace: Kernel = (call) => {
  const x = input(call, 0);
  const b = intAttribute(call.node, 'blocksize', 1);
  const [n = 1, c = 1, h = 1, w = 1] = x.dims;
  const deep = c / (b * b);
  const columnRow = call.node.attributes.get('mode')?.value === 'CRD';
  const blocks = withDims(x, columnRow ? [n, deep, b, b, h, w] : [n, b, b, deep, h, w]);
  const moved = transposed(blocks, columnRow ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return [withDims(moved, [n, deep, h * b, w * b])];
};

/** [N, C, H·b, W·b] → [N, b²·C, H, W]. */
const spaceToDepth: Kernel = (call) => {
  const x = input(call, 0);
  const b = intAttribute(call.node, 'blocksize', 1);
  const [n = 1, c = 1, h = 1, w = 1] = x.dims;
  const moved = transposed(withDims(x, [n, c, h / b, b, w / b, b]), [0, 3, 5, 1, 2, 4]);
  return [withDims(moved, [n, c * b * b, h / b, w / b])];
};

export const shapeKernels: KernelTable = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Shape: shape,
  Size: (call) => [scalar('int64', input(call, 0).data.length)],
  Dropout: dropout,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
