import type { Call } from './call';
import { exchanged, transposeBy } from './layout';
import { isWhole } from './slicing';

/** Which calls give views of their input, and what a write through one does to the viewed tensor. */

/** The viewed tensor after `value` was written to the view that `call` made of it; `call` sees the viewed one as its input. */
export type WriteThrough = (call: Call, viewed: string, value: string) => string;

const through: WriteThrough = (_call, _viewed, value) => value;

const reshaped: WriteThrough = (call, viewed, value) => {
  const dims = call.dims('self');
  const numbers = dims.filter((dim) => typeof dim === 'number');
  const shape = numbers.length === dims.length ? call.list(numbers) : call.emit('Shape', [viewed]);
  return call.emit('Reshape', [value, shape]);
};

const permuted: WriteThrough = (call, _viewed, value) => {
  const rank = call.rank('self');
  const perm = call.ints('dims').map((axis) => (axis < 0 ? axis + rank : axis));
  return transposeBy(call, value, inverse(perm));
};

const transposed: WriteThrough = (call, _viewed, value) => {
  const rank = call.rank('self');
  return transposeBy(call, value, exchanged(rank, call.axis('dim0', rank), call.axis('dim1', rank)));
};

function inverse(perm: readonly number[]): readonly number[] {
  const result = new Array<number>(perm.length);
  perm.forEach((axis, place) => (result[axis] = place));
  return result;
}

const sliced: WriteThrough = (call, viewed, value) => {
  if (isWhole(call)) return value;
  const rank = call.rank('self');
  const axis = call.axis('dim', rank, 0);
  return scatter(call, viewed, value, axis, slicedPlaces(call, axis));
};

/** The places that a slice with constant bounds takes; from the end where only that is known. */
function slicedPlaces(call: Call, axis: number): readonly number[] {
  const step = call.int('step', 1);
  const size = call.dims('self')[axis];
  const count = call.result().dims?.[axis];
  const start = call.int('start', 0);
  const from = start < 0 && typeof size === 'number' ? Math.max(0, start + size) : start;
  if (typeof count !== 'number') return call.cannot('writes to a slice of open size');
  return Array.from({ length: count }, (_, place) => from + place * step);
}

const selected: WriteThrough = (call, viewed, value) => {
  const axis = call.axis('dim', call.rank('self'));
  const size = call.dims('self')[axis];
  const index = call.int('index');
  const place = index < 0 && typeof size === 'number' ? index + size : index;
  return scatter(call, viewed, call.emit('Unsqueeze', [value, call.list([axis])]), axis, [place]);
};

/** Writes whole slices at some places of an axis: a ScatterND on the first axis, as PyTorch's own exporter has it. */
function scatter(call: Call, viewed: string, value: string, axis: number, places: readonly number[]): string {
  if (places.length > MOST_PLACES) return call.cannot('writes to a very large slice');
  const rest = call.dims('self').flatMap((_, other) => (other === axis ? [] : [other]));
  const perm = [axis, ...rest];
  const indices = call.emit('Unsqueeze', [call.list(places), call.list([1])]);
  const inputs = [transposeBy(call, viewed, perm), indices, transposeBy(call, value, perm)];
  return transposeBy(call, call.emit('ScatterND', inputs), inverse(perm));
}

const MOST_PLACES = 2 ** 20;

/** Null: a view all the same, but of unknown memory when it is written to. */
export const VIEWS: ReadonlyMap<string, WriteThrough | null> = new Map<string, WriteThrough | null>([
  ['aten.alias', through],
  ['aten.detach', through],
  ['aten.detach_', through],
  ['aten.contiguous', through],
  ['aten.dropout', through],
  ['aten.feature_dropout', through],
  ['aten.alpha_dropout', through],
  ['aten.view', reshaped],
  ['aten.unsqueeze', reshaped],
  ['aten.squeeze', reshaped],
  ['aten.unflatten', reshaped],
  ['aten.permute', permuted],
  ['aten.transpose', transposed],
  ['aten.slice', sliced],
  ['aten.select', selected],
  // these copy where the memory does not lie as it must, which a file does not tell
  ['aten.reshape', null],
  ['aten.flatten', null],
  ['aten.to', null],
  ['aten.expand', null],
  ['aten.t', null],
  ['aten.swapaxes', null],
  ['aten.numpy_T', null],
  ['aten.narrow', null],
  ['aten.split', null],
  ['aten.split_with_sizes', null],
  ['aten.chunk', null],
  ['aten.tensor_split', null],
  ['aten.unbind', null],
]);

/** The argument that a view is of. */
export function viewedArgument(target: string): string {
  return target.endsWith('dropout') ? 'input' : 'self';
}
