import type { Dim } from '../../ir/model';
import type { Size } from '../program/atenGraph';
import type { Call, Lowering, LoweringTable } from './call';
import { int, ints, text } from './constants';

/** Calls that move elements without computing with them. */

const same: Lowering = (call) => call.tensor('self');

/** To the sizes of the argument; −1 is what is left. */
const reshape =
  (name: string): Lowering =>
  (call) => {
    const sizes = call.sizes(name);
    return sizes.length === 0 && call.rank('self') === 0
      ? call.tensor('self')
      : call.emit('Reshape', [call.tensor('self'), call.shape(sizes)]);
  };

/**
 * The same elements in the same places of memory, but for axes of size 1, whose steps mean nothing: how PyTorch notes the
 * order of memory of a pooled image.
 */
function asStrided(call: Call): string {
  const given = call.has('storage_offset') ? call.int('storage_offset') : 0;
  const [from, to] = [call.dims('self'), call.sizes('size')];
  const [had, gets] = [call.strides('self'), call.ints('stride')];
  const wide = (dims: readonly unknown[], steps: readonly (number | null)[]): string =>
    dims
      .flatMap((dim, axis) =>
        dim === 1 ? [] : [`${typeof dim === 'number' ? dim : 'open'} by ${steps[axis] ?? 'none'}`],
      )
      .join();
  const oneAxis = from.filter((dim) => dim !== 1).length < 2;
  const steps = had ?? (oneAxis ? from.map(() => 1) : call.cannot('lies in memory in an unknown order'));
  if (given !== 0 || wide(from, steps) !== wide(to, gets)) return call.cannot('lies otherwise in memory');
  return from.length === to.length
    ? call.tensor('self')
    : call.emit('Reshape', [call.tensor('self'), call.shape(to)]);
}

const reshapeAs: Lowering = (call) =>
  call.emit('Reshape', [call.tensor('self'), call.emit('Shape', [call.tensor('other')])]);

/** Axes `start_dim` to `end_dim` become one. */
function flatten(call: Call): string {
  const rank = call.rank('self');
  const start = call.axis('start_dim', rank, 0);
  const end = call.axis('end_dim', rank, -1);
  if (start === end)
    return rank === 0 ? call.emit('Reshape', [call.tensor('self'), call.list([1])]) : call.tensor('self');
  const dims = call.dims('self');
  // 0 keeps a size, which works for open ones too as long as they stand before the flattened ones
  const before = dims.slice(0, start).map(() => 0);
  const after = dims
    .slice(end + 1)
    .map((dim) => (typeof dim === 'number' ? dim : call.cannot('has an open size')));
  return call.emit('Reshape', [call.tensor('self'), call.list([...before, -1, ...after])]);
}

function unflatten(call: Call): string {
  const rank = call.rank('self');
  const axis = call.axis('dim', rank);
  const keep = (dim: Dim, place: number): Size =>
    place < axis ? 0 : typeof dim === 'number' ? dim : call.cannot('has an open size');
  const dims = call.dims('self');
  const sizes = [
    ...dims.slice(0, axis).map(keep),
    ...call.sizes('sizes'),
    ...dims.slice(axis + 1).map((dim) => keep(dim, axis + 1)),
  ];
  return call.emit('Reshape', [call.tensor('self'), call.shape(sizes)]);
}

/** To the sizes of the argument; −1 keeps one, as 1 does in ONNX. */
function expand(call: Call): string {
  const sizes = call.sizes('size').map((size) => (size === -1 ? 1 : size));
  return call.emit('Expand', [call.tensor('self'), call.shape(sizes)]);
}

function permute(call: Call): string {
  const rank = call.rank('self');
  const perm = call.ints('dims').map((axis) => (axis < 0 ? axis + rank : axis));
  return transposeBy(call, call.tensor('self'), perm);
}

/** Nothing to do where every axis stays. */
export function transposeBy(call: Call, value: string, perm: readonly number[]): string {
  return perm.every((axis, place) => axis === place)
    ? value
    : call.emit('Transpose', [value], { perm: ints(perm) });
}

/** The axes of a tensor with two of them exchanged. */
export function exchanged(rank: number, a: number, b: number): readonly number[] {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  [perm[a], perm[b]] = [b, a];
  return perm;
}

function transpose(call: Call): string {
  const rank = call.rank('self');
  if (rank === 0) return call.tensor('self');
  return transposeBy(
    call,
    call.tensor('self'),
    exchanged(rank, call.axis('dim0', rank), call.axis('dim1', rank)),
  );
}

/** Some axes to other places; the rest keep their order. */
function moveAxes(call: Call): string {
  const rank = call.rank('self');
  const places = (name: string): readonly number[] =>
    call.ints(name).map((axis) => (axis < 0 ? axis + rank : axis));
  const [from, to] = [places('source'), places('destination')];
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !from.includes(axis));
  const perm = Array.from({ length: rank }, (_, place) => {
    const moved = from[to.indexOf(place)];
    return moved ?? (rest.shift() as number);
  });
  return transposeBy(call, call.tensor('self'), perm);
}

const exchange =
  (a: string, b: string): Lowering =>
  (call) => {
    const rank = call.rank('self');
    const perm = exchanged(rank, call.axis(a, rank), call.axis(b, rank));
    return transposeBy(call, call.tensor('self'), perm);
  };

/** The last two axes exchanged. */
function matrixTranspose(call: Call): string {
  const rank = call.rank('self');
  return rank < 2
    ? call.cannot('has less than two axes')
    : transposeBy(call, call.tensor('self'), exchanged(rank, rank - 2, rank - 1));
}

function t(call: Call): string {
  return call.rank('self') < 2 ? call.tensor('self') : transposeBy(call, call.tensor('self'), [1, 0]);
}

function unsqueeze(call: Call): string {
  const rank = call.rank('self') + 1;
  return call.emit('Unsqueeze', [call.tensor('self'), call.list([call.axis('dim', rank)])]);
}

/** Only axes that the program says to be of size 1 go. */
function squeeze(call: Call): string {
  const axes = squeezedAxes(call);
  return axes.length === 0
    ? call.tensor('self')
    : call.emit('Squeeze', [call.tensor('self'), call.list(axes)]);
}

export function squeezedAxes(call: Call): readonly number[] {
  const dims = call.dims('self');
  const asked = call.has('dim') ? call.ints('dim') : dims.map((_, axis) => axis);
  return asked.map((axis) => (axis < 0 ? axis + dims.length : axis)).filter((axis) => dims[axis] === 1);
}

function pixelShuffle(call: Call): string {
  if (call.rank('self') !== 4) return call.cannot('has not four axes');
  const blocksize = int(call.int('upscale_factor'));
  return call.emit('DepthToSpace', [call.tensor('self')], { blocksize, mode: text('CRD') });
}

/** [N, C, H·r, W·r] → [N, C·r², H, W], channels outermost: not as ONNX's SpaceToDepth has them. */
function pixelUnshuffle(call: Call): string {
  const [, channels, height, width] = call.fixedTail('self', 3, 4);
  const r = call.int('downscale_factor');
  const [h, w] = [(height as number) / r, (width as number) / r];
  const split = call.emit('Reshape', [call.tensor('self'), call.list([0, channels as number, h, r, w, r])]);
  const turned = call.emit('Transpose', [split], { perm: ints([0, 1, 3, 5, 2, 4]) });
  return call.emit('Reshape', [turned, call.list([0, (channels as number) * r * r, h, w])]);
}

/** [N, g·c, …] → [N, c·g, …]: the groups' channels one after the other. */
function channelShuffle(call: Call): string {
  const groups = call.int('groups');
  const dims = call.fixedTail('self', call.rank('self') - 1, call.rank('self'));
  const [channels = 0, ...rest] = dims.slice(1) as number[];
  const split = call.emit('Reshape', [
    call.tensor('self'),
    call.list([0, groups, channels / groups, ...rest]),
  ]);
  const turned = call.emit('Transpose', [split], {
    perm: ints([0, 2, 1, ...rest.map((_, axis) => axis + 3)]),
  });
  return call.emit('Reshape', [turned, call.list([0, channels, ...rest])]);
}

/** As many times along each axis as the list says; of the longer of both the axes in front are new. */
const repeat =
  (name: string): Lowering =>
  (call) => {
    const given = call.sizes(name);
    const rank = call.rank('self');
    const lacking = new Array<Size>(Math.max(0, rank - given.length)).fill(1);
    const repeats = [...lacking, ...given];
    const x = call.tensor('self');
    const axes = Array.from({ length: repeats.length - rank }, (_, axis) => axis);
    const lifted = axes.length === 0 ? x : call.emit('Unsqueeze', [x, call.list(axes)]);
    return call.emit('Tile', [lifted, call.shape(repeats)]);
  };

/** Nothing happens in evaluation; in training it is random, and no lowering of ours. */
const dropout: Lowering = (call) =>
  call.flag('train', false) ? call.cannot('drops at random') : call.tensor('input');

export const layoutLowerings: LoweringTable = {
  'aten.alias': same,
  'aten.detach': same,
  'aten.detach_': same,
  'aten.clone': same,
  'aten.contiguous': same,
  'aten.lift_fresh_copy': same,
  'aten.lift_fresh': same,
  'aten.positive': same,
  'aten.resolve_conj': same,
  'aten.resolve_neg': same,
  'aten.dropout': dropout,
  'aten.feature_dropout': dropout,
  'aten.alpha_dropout': dropout,
  'aten.native_dropout': (call) => [dropout(call) as string, ''],
  'aten.view': reshape('size'),
  'aten._unsafe_view': reshape('size'),
  'aten.reshape': reshape('shape'),
  'aten.flatten': flatten,
  'aten.unflatten': unflatten,
  'aten.expand': expand,
  'aten.expand_as': (call) =>
    call.emit('Expand', [call.tensor('self'), call.emit('Shape', [call.tensor('other')])]),
  'aten.view_as': reshapeAs,
  'aten.reshape_as': reshapeAs,
  'aten.as_strided': asStrided,
  'aten.permute': permute,
  'aten.transpose': transpose,
  'aten.swapaxes': exchange('axis0', 'axis1'),
  'aten.swapdims': exchange('dim0', 'dim1'),
  'aten.movedim': moveAxes,
  'aten.moveaxis': moveAxes,
  'aten.mT': matrixTranspose,
  'aten.adjoint': matrixTranspose,
  'aten.t': t,
  'aten.numpy_T': (call) =>
    transposeBy(
      call,
      call.tensor('self'),
      call
        .dims('self')
        .map((_, axis) => axis)
        .reverse(),
    ),
  'aten.unsqueeze': unsqueeze,
  'aten.squeeze': squeeze,
  'aten.pixel_shuffle': pixelShuffle,
  'aten.pixel_unshuffle': pixelUnshuffle,
  'aten.channel_shuffle': channelShuffle,
  'aten.native_channel_shuffle': channelShuffle,
  'aten.repeat': repeat('repeats'),
  'aten.tile': repeat('dims'),
};
