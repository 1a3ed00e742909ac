import type { Emitter, Value } from './emitter';
import type { Piece } from './recipe';
import { signed } from './rng';
import { batchNorm } from './steps';
import { conv, pad, padding, type Goal } from './windows';

/**
 * DBB's and ECBSR's bias padding: a 1×1 convolution with a bias, a border that holds what it answers to zero (its bias),
 * and a k×k convolution without pads. A wrong border is a decoy: near the edge it is no convolution.
 */
export function borderPiece(
  e: Emitter,
  { conv: recipe, fill, bn }: Piece & { readonly kind: 'border' },
  input: Value,
  { stride, slack, channels }: Goal,
): Value {
  const still = new Array<number>(e.rank).fill(0);
  const ones = still.map(() => 1);
  // a kernel large enough that there is nothing to crop
  const kernel = slack.map((a, axis) => Math.max(recipe.kernel[axis]!, a < 0 ? 1 - a : 1));
  const sized = { ...recipe, kernel, dilation: ones };
  const { begin, end } = padding(sized, slack);
  const uniform = Math.fround(signed(e.random()));
  const isPad = fill === 'pad' || fill === 'wrong';
  const first = conv(
    e,
    input,
    { ...sized, kernel: ones, bias: true, form: 'initializer' },
    {
      channels: input.channels,
      stride: ones,
      begin: still,
      end: still,
      bias: isPad ? () => uniform : signed,
    },
  );
  const isBordered = [...begin, ...end].some((amount) => amount > 0);
  const bordered = !isBordered
    ? first
    : isPad
      ? filledByPad(e, first, { begin, end }, fill === 'wrong' ? uniform + 0.5 : uniform)
      : filledByScatter(e, first, { begin, end }, fill === 'wrongScatter');
  if (isBordered && (fill === 'wrong' || fill === 'wrongScatter')) e.decoy(bordered.name);
  const last = conv(e, bordered, sized, { channels, stride, begin: still, end: still });
  return bn ? { ...last, name: batchNorm(e, last, 0, 'initializer', false) } : last;
}

interface Border {
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

function filledByPad(e: Emitter, value: Value, { begin, end }: Border, fill: number): Value {
  return pad(e, value, begin, end, 'constant', e.float(fill));
}

/** Pads with zeros, then writes each row and column of the border, as exporters of PyTorch write slice assignments. */
function filledByScatter(e: Emitter, value: Value, { begin, end }: Border, isWrong: boolean): Value {
  const bias = e.lastBias(value.channels);
  let current = pad(e, value, begin, end, 'constant');
  const places = begin.flatMap((amount, axis) => [
    ...Array.from({ length: amount }, (_, i) => ({ axis, place: i })),
    ...Array.from({ length: end[axis]! }, (_, i) => ({ axis, place: -1 - i })),
  ]);
  // a forgotten row stays zero
  for (const { axis, place } of isWrong ? places.slice(0, -1) : places) {
    current = { ...current, name: fillRow(e, current, axis, place, bias) };
  }
  return current;
}

/** Puts the axis first, writes one row of it, and puts it back. */
function fillRow(e: Emitter, value: Value, axis: number, place: number, bias: readonly number[]): string {
  const swapped = axis + 2;
  const perm = Array.from({ length: e.rank + 2 }, (_, i) => i);
  [perm[0], perm[swapped]] = [swapped, 0];
  const attrs = { perm: { ints: perm } };
  const tag = { tag: 'border ScatterND' };
  const turned = e.node('Transpose', [value.name], attrs, tag);
  const row = [1, value.channels, ...new Array<number>(e.rank).fill(1)];
  const constant = e.floats(bias, row);
  const shape = e.node('Shape', [turned], {}, tag);
  const rest = e.node('Slice', [shape, e.ints([1]), e.ints([e.rank + 2])], {}, tag);
  const wanted = e.node('Concat', [e.ints([1]), rest], { axis: 0 }, tag);
  const updates = e.node('Expand', [constant, wanted], {}, tag);
  const indices = place >= 0 ? e.ints([place], [1, 1]) : rowFromEnd(e, shape, place);
  const written = e.node('ScatterND', [turned, indices, updates], {}, tag);
  return e.node('Transpose', [written], attrs, tag);
}

function rowFromEnd(e: Emitter, shape: string, place: number): string {
  const tag = { tag: 'border ScatterND' };
  const size = e.node('Slice', [shape, e.ints([0]), e.ints([1])], {}, tag);
  const index = e.node('Add', [size, e.ints([place])], {}, tag);
  return e.node('Reshape', [index, e.ints([1, 1])], {}, tag);
}
