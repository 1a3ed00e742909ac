import type { Emitter, Value } from './emitter';
import type { Piece } from './recipe';
import { signed } from './rng';
import { filledByScatter, type Border } from './scatterBorder';
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
      : filledByScatter(e, first, { begin, end }, fill);
  if (isBordered && fill === 'wrong') e.decoy(bordered.name);
  const last = conv(e, bordered, sized, { channels, stride, begin: still, end: still });
  return bn ? { ...last, name: batchNorm(e, last, 0, 'initializer', false) } : last;
}

function filledByPad(e: Emitter, value: Value, { begin, end }: Border, fill: number): Value {
  return pad(e, value, begin, end, 'constant', e.float(fill));
}
