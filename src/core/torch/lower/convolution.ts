import type { Call, LoweringTable } from './call';
import { int, ints } from './constants';

/** Convolutions: y = W * x + b, with begin and end pads alike as PyTorch has them, and transposed ones. */

interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

function conv(call: Call): string {
  const rank = spatialRank(call);
  return withBatch(call, (x) => convolve(call, x, window(call, rank, pads(call, rank))));
}

function convolve(call: Call, x: string, { strides, dilations, pads: around }: Window): string {
  const kernel = call.fixedDims('weight').slice(2);
  return call.emit('Conv', operands(call, x), {
    dilations: ints(dilations),
    group: int(call.int('groups', 1)),
    kernel_shape: ints(kernel),
    pads: ints(around),
    strides: ints(strides),
  });
}

function transposed(call: Call): string {
  const rank = spatialRank(call);
  const { strides, dilations, pads: around } = window(call, rank, pads(call, rank));
  const more = call.ints('output_padding', zeros(rank), rank);
  return withBatch(call, (x) =>
    call.emit('ConvTranspose', operands(call, x), {
      dilations: ints(dilations),
      group: int(call.int('groups', 1)),
      kernel_shape: ints(call.fixedDims('weight').slice(2)),
      output_padding: ints(more),
      pads: ints(around),
      strides: ints(strides),
    }),
  );
}

/** `padding="same"` of stride 1: the odd one goes to the end. */
function samePads(call: Call, rank: number): readonly number[] {
  const word = call.word('padding', 'valid');
  if (word === 'valid') return zeros(2 * rank);
  const kernel = call.fixedDims('weight').slice(2);
  const dilations = call.ints('dilation', ones(rank), rank);
  const totals = kernel.map((size, axis) => (size - 1) * (dilations[axis] as number));
  return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))];
}

function convPadding(call: Call): string {
  const rank = spatialRank(call);
  return withBatch(call, (x) => convolve(call, x, window(call, rank, samePads(call, rank))));
}

function window(call: Call, rank: number, around: readonly number[]): Window {
  return {
    strides: call.ints('stride', ones(rank), rank),
    dilations: call.ints('dilation', ones(rank), rank),
    pads: around,
  };
}

function pads(call: Call, rank: number): readonly number[] {
  const each = call.ints('padding', zeros(rank), rank);
  return [...each, ...each];
}

function operands(call: Call, x: string): readonly string[] {
  const bias = call.optional('bias');
  return [x, call.tensor('weight'), ...(bias === null ? [] : [bias])];
}

function spatialRank(call: Call): number {
  const rank = call.rank('weight') - 2;
  return rank > 0 ? rank : call.cannot('convolves with a weight of no spatial axis');
}

/** PyTorch takes a single sample without a batch, too. */
function withBatch(call: Call, convolveOne: (x: string) => string): string {
  const x = call.tensor('input');
  if (call.rank('input') === call.rank('weight')) return convolveOne(x);
  const batch = call.list([0]);
  return call.emit('Squeeze', [convolveOne(call.emit('Unsqueeze', [x, batch])), batch]);
}

const zeros = (count: number): readonly number[] => new Array<number>(count).fill(0);
const ones = (count: number): readonly number[] => new Array<number>(count).fill(1);

export const convolutionLowerings: LoweringTable = {
  'aten.conv1d': (call) => (isWord(call) ? convPadding(call) : conv(call)),
  'aten.conv2d': (call) => (isWord(call) ? convPadding(call) : conv(call)),
  'aten.conv3d': (call) => (isWord(call) ? convPadding(call) : conv(call)),
  'aten.conv_transpose1d': transposed,
  'aten.conv_transpose2d': transposed,
  'aten.conv_transpose3d': transposed,
  'aten.convolution': (call) => (call.flag('transposed', false) ? transposed(call) : conv(call)),
};

function isWord(call: Call): boolean {
  return call.node.overload === 'padding';
}
