import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { NodeSpec, OnnxSpec, TensorSpec, TypeSpec } from '../../support/onnxBuilder';

/** A small RepVGG network (block, Relu, 1×1 head) before and after merging, the merge done here by hand. */

const CHANNELS = 6;
const TAPS = 9;

/** What a converter may get wrong. */
export interface Merged {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
  readonly pads: readonly number[];
}

export interface NetworkOptions {
  readonly dims?: readonly (number | string)[];
  readonly seed?: number;
  /** Added to the name of every inner value and constant. */
  readonly suffix?: string;
  readonly output?: string;
}

interface Weights {
  readonly dense: Float64Array;
  readonly denseBias: Float64Array;
  readonly point: Float64Array;
  readonly pointBias: Float64Array;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly head: Float64Array;
}

function weightsOf(seed: number): Weights {
  const generator = xoroshiro128plus(seed);
  // float32 numbers, as a file holds them
  const numbers = (count: number, low = -1, high = 1): Float64Array =>
    Float64Array.from({ length: count }, () => Math.fround(low + (high - low) * uniformFloat64(generator)));
  return {
    dense: numbers(CHANNELS * CHANNELS * TAPS, -0.3, 0.3),
    denseBias: numbers(CHANNELS),
    point: numbers(CHANNELS * CHANNELS, -0.5, 0.5),
    pointBias: numbers(CHANNELS),
    scale: numbers(CHANNELS, 0.5, 1.5),
    shift: numbers(CHANNELS),
    mean: numbers(CHANNELS),
    variance: numbers(CHANNELS, 0.5, 2),
    head: numbers(3 * CHANNELS),
  };
}

function frame(options: NetworkOptions): Pick<OnnxSpec, 'inputs' | 'outputs'> {
  const dims = options.dims ?? ['N', CHANNELS, 'H', 'W'];
  const input: TypeSpec = ['float32', dims];
  const output: TypeSpec = ['float32', [dims[0] ?? null, 3, dims[2] ?? null, dims[3] ?? null]];
  return { inputs: { x: input }, outputs: { [options.output ?? 'y']: output } };
}

/** x → 3×3 + 1×1 + BN → Relu → 1×1 → y. */
export function trainNetwork(options: NetworkOptions = {}): OnnxSpec {
  const w = weightsOf(options.seed ?? 7);
  const perChannel = (data: Float64Array): TensorSpec => ({ dims: [CHANNELS], data });
  return {
    ...frame(options),
    initializers: {
      'd.weight': { dims: [CHANNELS, CHANNELS, 3, 3], data: w.dense },
      'd.bias': perChannel(w.denseBias),
      'o.weight': { dims: [CHANNELS, CHANNELS, 1, 1], data: w.point },
      'o.bias': perChannel(w.pointBias),
      'i.scale': perChannel(w.scale),
      'i.shift': perChannel(w.shift),
      'i.mean': perChannel(w.mean),
      'i.variance': perChannel(w.variance),
      'head.weight': { dims: [3, CHANNELS, 1, 1], data: w.head },
    },
    nodes: [
      { op: 'Conv', inputs: ['x', 'd.weight', 'd.bias'], outputs: ['dense'], attrs: { pads: [1, 1, 1, 1] } },
      { op: 'Conv', inputs: ['x', 'o.weight', 'o.bias'], outputs: ['point'] },
      {
        op: 'BatchNormalization',
        inputs: ['x', 'i.scale', 'i.shift', 'i.mean', 'i.variance'],
        outputs: ['identity'],
      },
      { op: 'Add', inputs: ['dense', 'point'], outputs: ['two'] },
      { op: 'Add', inputs: ['two', 'identity'], outputs: ['block'] },
      ...tail('block', options),
    ],
  };
}

/** The same with the block as one Conv; `spoil` makes it a wrong conversion. */
export function deployNetwork(
  options: NetworkOptions = {},
  spoil: (merged: Merged) => Merged = (merged) => merged,
): OnnxSpec {
  const { suffix = '' } = options;
  const w = weightsOf(options.seed ?? 7);
  const { weight, bias, pads } = spoil(merge(w));
  return {
    ...frame(options),
    initializers: {
      [`m.weight${suffix}`]: { dims: [CHANNELS, CHANNELS, 3, 3], data: weight },
      [`m.bias${suffix}`]: { dims: [CHANNELS], data: bias },
      [`head.weight${suffix}`]: { dims: [3, CHANNELS, 1, 1], data: w.head },
    },
    nodes: [
      {
        op: 'Conv',
        inputs: ['x', `m.weight${suffix}`, `m.bias${suffix}`],
        outputs: [`block${suffix}`],
        attrs: { pads },
      },
      ...tail(`block${suffix}`, options),
    ],
  };
}

function tail(block: string, { suffix = '', output = 'y' }: NetworkOptions): readonly NodeSpec[] {
  return [
    { op: 'Relu', inputs: [block], outputs: [`active${suffix}`] },
    { op: 'Conv', inputs: [`active${suffix}`, `head.weight${suffix}`], outputs: [output] },
  ];
}

function merge(w: Weights): Merged {
  const weight = new Float64Array(w.dense);
  const bias = new Float64Array(CHANNELS);
  for (let o = 0; o < CHANNELS; o++) {
    const t = (w.scale[o] as number) / Math.sqrt((w.variance[o] as number) + Math.fround(1e-5));
    bias[o] =
      (w.denseBias[o] as number) +
      (w.pointBias[o] as number) +
      (w.shift[o] as number) -
      (w.mean[o] as number) * t;
    for (let i = 0; i < CHANNELS; i++) {
      const centre = (o * CHANNELS + i) * TAPS + 4;
      weight[centre] = (weight[centre] as number) + (w.point[o * CHANNELS + i] as number) + (o === i ? t : 0);
    }
  }
  return { weight, bias, pads: [1, 1, 1, 1] };
}
