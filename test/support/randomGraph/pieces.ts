import { channelPart, shuffled } from './channelPieces';
import { borderPiece } from './borderPiece';
import type { Emitter, Value } from './emitter';
import { Unrunnable } from './emitter';
import type { ConvRecipe, Piece } from './recipe';
import { applySteps } from './steps';
import { conv, crop, pad, padding, sameSizes, sizesBehind, type Goal } from './windows';

/** Builds a piece from `input` to its goal. */
export function build(e: Emitter, piece: Piece, input: Value, goal: Goal): Value {
  return e.within(piece.kind, () => {
    const started = applySteps(e, input, piece.before);
    return applySteps(e, form(e, piece, started, goal), piece.after);
  });
}

type Form<K extends Piece['kind']> = Piece & { readonly kind: K };

function form(e: Emitter, piece: Piece, input: Value, goal: Goal): Value {
  switch (piece.kind) {
    case 'conv':
      return convPiece(e, piece.conv, input, withJitter(piece, input, goal));
    case 'skip':
      return skipPiece(e, piece, input, goal);
    case 'pool':
      return poolPiece(e, piece, input, goal);
    case 'chain':
      return chainPiece(e, piece, input, goal);
    case 'join':
      return joinPiece(e, piece, input, goal);
    case 'channels':
      return channelsPiece(e, piece, input, goal);
    case 'border':
      return borderPiece(e, piece, input, goal);
    case 'padded':
      return paddedPiece(e, piece, input, goal);
    case 'foreign':
      return foreignPiece(e, piece, input, goal);
    case 'activated': {
      const source = {
        ...input,
        name: e.decoy(e.node('Relu', [input.name], {}, { tag: 'decoy other source' })),
      };
      return build(e, piece.then, source, goal);
    }
    case 'strideTrick':
      return stridePiece(e, piece, input, goal);
    case 'broadcast':
      return convPiece(e, piece.conv, input, goal);
  }
}

const plainConv: ConvRecipe = {
  kernel: [1, 1, 1],
  dilation: [1, 1, 1],
  split: [0.5, 0.5, 0.5],
  groups: 0,
  bias: false,
  form: 'initializer',
  auto: 'NOTSET',
};

function convPiece(e: Emitter, recipe: ConvRecipe, input: Value, { stride, slack, channels }: Goal): Value {
  const { begin, end, crop: less } = padding(recipe, slack);
  const cropped = cropBoth(e, input, less, recipe.split);
  const isCropped = less.some((amount) => amount > 0);
  // onnxruntime has no auto_pad for dilated convolutions
  const dilated = slack.some((_, axis) => recipe.dilation[axis]! > 1);
  const same = !isCropped && !dilated && slack.every((a) => a === 0) && recipe.auto.startsWith('SAME');
  const valid = recipe.auto === 'VALID' && [...begin, ...end].every((amount) => amount === 0);
  const auto = same || valid ? { auto: recipe.auto } : {};
  return conv(e, cropped, recipe, { channels, stride, begin, end, ...auto });
}

function cropBoth(e: Emitter, input: Value, less: readonly number[], split: readonly number[]): Value {
  const begin = less.map((amount, axis) => Math.round(amount * split[axis]!));
  const end = less.map((amount, axis) => amount - begin[axis]!);
  return crop(e, input, begin, end);
}

/** Another slack where every run's sizes come out the same. */
function withJitter({ jitter }: Form<'conv'>, input: Value, goal: Goal): Goal {
  const slack = goal.slack.map((a, axis) => a + jitter[axis]!);
  try {
    const fits = sameSizes(
      sizesBehind(input, goal.stride, slack),
      sizesBehind(input, goal.stride, goal.slack),
    );
    return fits ? { ...goal, slack } : goal;
  } catch (error) {
    if (error instanceof Unrunnable) return goal;
    throw error;
  }
}

/** Identity, crop, zero pad, strided copy: whatever leads to the goal without a weight. */
function skipPiece(e: Emitter, { how, split }: Form<'skip'>, input: Value, goal: Goal): Value {
  const { stride, slack, channels } = goal;
  if (channels !== input.channels) return convPiece(e, plainConv, input, goal);
  const before = slack.map((a, axis) => Math.round(Math.max(0, a) * split[axis]!));
  const after = slack.map((a, axis) => Math.max(0, a) - before[axis]!);
  const padded = pad(e, input, before, after, 'constant');
  const less = slack.map((a) => Math.max(0, -a));
  const begin = less.map((amount, axis) => Math.round(amount * split[axis]!));
  const end = less.map((amount, axis) => amount - begin[axis]!);
  const isStrided = stride.some((s) => s > 1);
  if (how === 'slice' || !isStrided) return crop(e, padded, begin, end, stride);
  const cropped = crop(e, padded, begin, end);
  const attrs = { kernel_shape: { ints: stride.map(() => 1) }, strides: { ints: stride } };
  const zero = stride.map(() => 0);
  const sizes = sizesBehind(cropped, stride, zero);
  return { ...cropped, sizes, name: e.node('MaxPool', [cropped.name], attrs, { tag: 'MaxPool 1 strided' }) };
}

function poolPiece(e: Emitter, piece: Form<'pool'>, input: Value, goal: Goal): Value {
  if (goal.channels !== input.channels) return convPiece(e, piece.conv, input, goal);
  const { stride } = goal;
  // rounded up with s − 1 fewer places is rounded down, for every size
  const ceil =
    piece.ceil && goal.slack.every((a, axis) => a - (stride[axis]! - 1) + piece.conv.kernel[axis]! >= 1);
  const slack = goal.slack.map((a, axis) => (ceil ? a - (stride[axis]! - 1) : a));
  // a window of nothing but uncounted padding is no number
  const dilated = e.recipe.opset >= 19 && piece.countPads;
  const recipe = dilated ? piece.conv : { ...piece.conv, dilation: [1, 1, 1] };
  const { begin, end, crop: less } = padding(recipe, slack);
  const kernel = recipe.kernel.slice(0, e.rank);
  const cropped = cropBoth(e, input, less, recipe.split);
  // runtimes want pads smaller than the kernel
  const tooWide = kernel.some((k, axis) => begin[axis]! >= k || end[axis]! >= k);
  const source = tooWide ? pad(e, cropped, begin, end, 'constant') : cropped;
  const attrs = {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    ...(tooWide ? {} : { pads: { ints: [...begin, ...end] } }),
    ...(dilated ? { dilations: { ints: recipe.dilation.slice(0, e.rank) } } : {}),
    ...(piece.countPads ? { count_include_pad: 1 } : {}),
    ...(ceil ? { ceil_mode: 1 } : {}),
  };
  const tag = `AveragePool${piece.countPads ? ' pads counted' : ''}${ceil ? ' ceil' : ''}`;
  const name = e.node('AveragePool', [source.name], attrs, { tag });
  return { ...input, name, sizes: sizesBehind(input, stride, goal.slack) };
}

/** Two pieces in a row: strides multiply, slacks add up to A₁ + s₁·A₂. */
function chainPiece(
  e: Emitter,
  piece: Form<'chain'>,
  input: Value,
  { stride, slack, channels }: Goal,
): Value {
  const ones = stride.map(() => 1);
  const [firstStride, thenStride] = piece.strideFirst ? [stride, ones] : [ones, stride];
  const reach = slack.map((_, axis) => fullSlack(piece.first, axis));
  const thenSlack = slack.map((a, axis) => {
    if (piece.share === 'first') return piece.moved;
    const left = piece.share === 'then' ? a + piece.moved : a - reach[axis]!;
    return Math.floor(left / firstStride[axis]!);
  });
  const firstSlack = slack.map((a, axis) => a - firstStride[axis]! * thenSlack[axis]!);
  const middle = { stride: firstStride, slack: firstSlack, channels: piece.channels };
  const between = build(e, piece.first, input, middle);
  return build(e, piece.then, between, { stride: thenStride, slack: thenSlack, channels });
}

/** The slack of a convolution that is padded by its whole reach on both sides. */
function fullSlack(piece: Piece, axis: number): number {
  return piece.kind === 'conv' ? (piece.conv.kernel[axis]! - 1) * piece.conv.dilation[axis]! : 0;
}

function joinPiece(e: Emitter, { op, pieces }: Form<'join'>, input: Value, goal: Goal): Value {
  const places = op === 'Concat' ? Math.min(pieces.length, goal.channels) : pieces.length;
  const made = pieces.slice(0, places).map((piece, place) => {
    const share = Math.floor(goal.channels / places);
    const channels = place === places - 1 ? goal.channels - share * (places - 1) : share;
    return branch(e, piece, input, op === 'Concat' ? { ...goal, channels } : goal, op !== 'Concat');
  });
  const sizes = sizesBehind(input, goal.stride, goal.slack);
  const result = { name: made[0]?.name ?? '', channels: goal.channels, sizes };
  const tags = { tag: op };
  if (op === 'Concat') {
    const axis = places % 2 === 0 ? 1 : -1 - e.rank;
    const names = made.map(({ name }) => name);
    return { ...result, name: names.length === 1 ? result.name : e.node('Concat', names, { axis }, tags) };
  }
  const full = shapeText(result);
  // something of full size to be broadcast to
  if (made.every((value) => shapeText(value) !== full)) made.push(skipPiece(e, fallbackSkip, input, goal));
  if (made.length === 1) return result;
  const shapes = made.map(shapeText);
  if (op === 'Sum' || op === 'Mean') {
    const name = e.node(
      op,
      made.map((value) => value.name),
      {},
      tags,
    );
    return { ...result, name: mark(e, name, new Set(shapes).size > 1) };
  }
  let [shape = ''] = shapes;
  const joined = made.slice(1).reduce((left, { name: right }, place) => {
    const own = op === 'Mixed' ? (place % 2 === 0 ? 'Sub' : 'Add') : op;
    // what has been broadcast once stays no convolution
    if (shapes[place + 1] !== shape) shape = 'broadcast';
    return mark(e, e.node(own, place % 3 === 1 ? [right, left] : [left, right]), shape === 'broadcast');
  }, result.name);
  return { ...result, name: joined };
}

const shapeText = ({ channels, sizes }: Value): string => JSON.stringify([channels, sizes]);

const fallbackSkip: Form<'skip'> = { kind: 'skip', how: 'slice', split: [0, 0, 0], before: [], after: [] };

function mark(e: Emitter, name: string, isOdd: boolean): string {
  return isOdd ? e.decoy(name) : name;
}

/** A branch of a join; only there a branch may be of one place or channel and be broadcast. */
function branch(e: Emitter, piece: Piece, input: Value, goal: Goal, mayBroadcast: boolean): Value {
  if (piece.kind !== 'broadcast' || !mayBroadcast) return build(e, piece, input, goal);
  if (piece.how === 'channel') return build(e, piece, input, { ...goal, channels: 1 });
  const whole = build(e, piece, input, goal);
  const sizes = whole.sizes.map((size) => size.map(() => 1));
  const name = e.decoy(e.node('GlobalAveragePool', [whole.name], {}, { tag: 'decoy one place' }));
  return { ...whole, name, sizes };
}

function channelsPiece(e: Emitter, piece: Form<'channels'>, input: Value, goal: Goal): Value {
  if (piece.how === 'shuffle') return build(e, piece.then, shuffled(e, input, piece.order), goal);
  return build(e, piece.then, channelPart(e, input, piece.how, piece.order), goal);
}

/** A Pad of its own, then a convolution without pads. */
function paddedPiece(e: Emitter, piece: Form<'padded'>, input: Value, goal: Goal): Value {
  const { begin, end, crop: less } = padding(piece.conv, goal.slack);
  const cropped = cropBoth(e, input, less, piece.conv.split);
  const smallest = cropped.sizes.reduce<number[]>(
    (least, size) => size.map((n, axis) => Math.min(n, least[axis] ?? n)),
    [],
  );
  const fits = smallest.every((n, axis) => begin[axis]! < n && end[axis]! < n);
  const mode = piece.mode === 'reflect' && !fits ? 'edge' : piece.mode;
  const fill = mode === 'constant' ? e.float(0.75) : null;
  const padded = pad(e, cropped, begin, end, mode === 'zero' ? 'constant' : mode, fill);
  if (mode !== 'zero' && padded.name !== cropped.name) e.decoy(padded.name);
  const zero = begin.map(() => 0);
  return conv(e, padded, piece.conv, {
    channels: goal.channels,
    stride: goal.stride,
    begin: zero,
    end: zero,
  });
}

/** A branch from a tensor that only looks like the source. */
function foreignPiece(e: Emitter, piece: Form<'foreign'>, input: Value, goal: Goal): Value {
  const stranger = e.values.find(
    (value) =>
      value.name !== input.name && value.channels === input.channels && sameSizes(value.sizes, input.sizes),
  );
  if (stranger !== undefined) return convPiece(e, piece.conv, stranger, goal);
  const other = e.decoy(e.node('Sigmoid', [input.name], {}, { tag: 'decoy other source' }));
  return convPiece(e, piece.conv, { ...input, name: other }, goal);
}

/** Stride 1, and a kernel so large that one size comes out the same: nothing that holds for another size. */
function stridePiece(e: Emitter, piece: Form<'strideTrick'>, input: Value, goal: Goal): Value {
  const want = sizesBehind(input, goal.stride, goal.slack);
  const [size] = input.sizes;
  const [out] = want;
  if (size === undefined || out === undefined || goal.stride.every((s) => s === 1)) {
    return convPiece(e, piece.conv, input, goal);
  }
  const stride = goal.stride.map(() => 1);
  const slack = size.map((n, axis) => out[axis]! - n);
  if (!sameSizes(sizesBehind(input, stride, slack), want)) return convPiece(e, piece.conv, input, goal);
  return convPiece(e, piece.conv, input, { ...goal, stride, slack });
}
