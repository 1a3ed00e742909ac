import type { Attribute } from '../../ir/model';

export type Named = readonly [string, Attribute];

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });

export interface ConvShape {
  readonly taps: readonly number[];
  /** On either side of each axis. */
  readonly pads: readonly number[];
  readonly dilation: number;
  readonly groups: number;
}

/** Of a Conv with stride 1. */
export function convAttributes({ taps, pads, dilation, groups }: ConvShape): Named[] {
  return [
    ['dilations', ints(taps.map(() => dilation))],
    ['group', int(groups)],
    ['kernel_shape', ints(taps)],
    ['pads', ints([...pads, ...pads])],
    ['strides', ints(taps.map(() => 1))],
  ];
}
