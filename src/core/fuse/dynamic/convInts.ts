import type { ConvAxis } from '../../algebra/geometry/axis';

/** The list attributes of a Conv. */
export function convInts(axes: readonly ConvAxis[]): Readonly<Record<string, readonly number[]>> {
  return {
    dilations: axes.map((axis) => axis.dilation),
    kernel_shape: axes.map((axis) => axis.kernel),
    pads: [...axes.map((axis) => axis.padBegin), ...axes.map((axis) => axis.padEnd)],
    strides: axes.map((axis) => axis.stride),
  };
}
