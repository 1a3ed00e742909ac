import { intAttribute, intsAttribute, stringAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { badInput, unsupported } from './kernel';

/** How a kernel slides over the spatial axes: one entry an axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begin: readonly number[];
  readonly end: readonly number[];
  /** Output sizes. */
  readonly output: readonly number[];
}

/** A per-axis attribute, or `fallback` on every axis. */
export function perAxis(node: Node, name: string, axes: number, fallback: number): readonly number[] {
  const given = intsAttribute(node, name) ?? new Array<number>(axes).fill(fallback);
  if (given.length !== axes) badInput(node, `has ${given.length} ${name} for ${axes} spatial axes`);
  return given;
}

/** Taps reach over (k − 1)·d + 1 elements. */
export function extent(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** Strides, dilations, pads (`auto_pad` resolved) and output sizes of a convolution or pooling. */
export function resolveWindow(
  node: Node,
  sizes: readonly number[],
  kernel: readonly number[],
  ceilMode = false,
): Window {
  const axes = sizes.length;
  if (kernel.length !== axes) badInput(node, `has a ${kernel.length}-d kernel on ${axes} spatial axes`);
  const strides = perAxis(node, 'strides', axes, 1);
  const dilations = perAxis(node, 'dilations', axes, 1);
  const extents = kernel.map((k, axis) => extent(k, dilations[axis] as number));
  const [begin, end] = resolvePads(node, sizes, extents, strides);
  const output = sizes.map((size, axis) => {
    const stride = strides[axis] as number;
    const room = size + (begin[axis] as number) + (end[axis] as number) - (extents[axis] as number);
    if (room < 0) badInput(node, `has a kernel larger than its padded input on spatial axis ${axis}`);
    if (!ceilMode) return Math.floor(room / stride) + 1;
    const steps = Math.ceil(room / stride);
    // a window that would start in the end padding is left out
    return steps * stride >= size + (begin[axis] as number) ? steps : steps + 1;
  });
  return { kernel, strides, dilations, begin, end, output };
}

function resolvePads(
  node: Node,
  sizes: readonly number[],
  extents: readonly number[],
  strides: readonly number[],
): readonly [readonly number[], readonly number[]] {
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET');
  const axes = sizes.length;
  const none = new Array<number>(axes).fill(0);
  switch (mode) {
    case 'NOTSET':
    case '': {
      const pads = intsAttribute(node, 'pads') ?? [...none, ...none];
      if (pads.length !== 2 * axes) badInput(node, `has ${pads.length} pads for ${axes} spatial axes`);
      return [pads.slice(0, axes), pads.slice(axes)];
    }
    case 'VALID':
      return [none, none];
    case 'SAME_UPPER':
    case 'SAME_LOWER': {
      // as many outputs as ⌈size / stride⌉ need; the odd one goes to the end, or to the beginning
      const totals = sizes.map((size, axis) => {
        const stride = strides[axis] as number;
        return Math.max(0, (Math.ceil(size / stride) - 1) * stride + (extents[axis] as number) - size);
      });
      const small = totals.map((total) => Math.floor(total / 2));
      const large = totals.map((total) => Math.ceil(total / 2));
      return mode === 'SAME_UPPER' ? [small, large] : [large, small];
    }
    default:
      return unsupported(node, `has auto_pad = "${mode}"`);
  }
}

/** The group attribute. */
export function groupOf(node: Node): number {
  return intAttribute(node, 'group', 1);
}

/** Three numbers, for loops over up to three spatial axes: missing leading axes take `fill`. */
export function threeAxes(
  node: Node,
  values: readonly number[],
  fill: number,
): readonly [number, number, number] {
  if (values.length > 3) unsupported(node, `has ${values.length} spatial axes`);
  const [a = fill, b = fill, c = fill] = [...new Array<number>(3 - values.length).fill(fill), ...values];
  return [a, b, c];
}
