import { intAttribute, intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import { addDims, floorDivide } from '../symbolicDim';
import { conflict } from './shapeConflict';

/** The sliding window of a convolution or a pool, one entry an axis. */
export interface Window {
  readonly kernel: readonly Dim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padsBegin: readonly number[];
  readonly padsEnd: readonly number[];
  /** SAME_UPPER and SAME_LOWER: as much padding as makes the output ceil(input / stride). */
  readonly same: boolean;
  readonly ceilMode: boolean;
}

/** Reads the attributes. `kernel` is used where the node has no `kernel_shape`. */
export function windowOf(node: Node, kernel: readonly Dim[]): Window {
  const shape = intsAttribute(node, 'kernel_shape') ?? kernel;
  const rank = shape.length;
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  const pads = autoPad === 'NOTSET' || autoPad === '' ? intsAttribute(node, 'pads') : null;
  return {
    kernel: shape,
    strides: perAxis(node, 'strides', rank),
    dilations: perAxis(node, 'dilations', rank),
    padsBegin: shape.map((_, axis) => pads?.[axis] ?? 0),
    padsEnd: shape.map((_, axis) => pads?.[axis + rank] ?? 0),
    same: autoPad.startsWith('SAME'),
    ceilMode: intAttribute(node, 'ceil_mode', 0) !== 0,
  };
}

function perAxis(node: Node, name: string, rank: number): readonly number[] {
  const values = intsAttribute(node, name) ?? [];
  if (values.some((value) => value < 1)) conflict(`${name} must be 1 or more`);
  return Array.from({ length: rank }, (_, axis) => values[axis] ?? 1);
}

/** Steps the window takes along `axis` over `size` elements. */
export function windowSteps(window: Window, axis: number, size: Dim): Dim {
  const stride = window.strides[axis] ?? 1;
  if (window.same) return floorDivide(addDims(size, stride - 1), stride);
  const kernel = window.kernel[axis];
  if (typeof kernel !== 'number') return null;
  const begin = window.padsBegin[axis] ?? 0;
  const extent = (kernel - 1) * (window.dilations[axis] ?? 1) + 1;
  // out = floor((size + slack) / stride) + 1; by ceil_mode a last, partly outside step counts …
  const slack = begin + (window.padsEnd[axis] ?? 0) - extent;
  const rounding = window.ceilMode ? stride - 1 : 0;
  if (typeof size === 'number' && size + slack + rounding < 0)
    conflict(`a window of ${extent} is larger than the padded ${size}`);
  // … but only if it starts inside the image or the padding before it: out ≤ ceil((size + begin) / stride)
  const most = window.ceilMode ? begin - 1 : Infinity;
  return floorDivide(addDims(size, Math.min(slack + rounding, most) + stride), stride);
}
