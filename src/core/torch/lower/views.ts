import type { Call } from './call';
import { exchanged, transposeBy } from './layout';
import { inverse, writtenSelection, writtenSlice } from './writing';

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

const sliced: WriteThrough = (call, viewed, value) => writtenSlice(call, viewed, value, call.result().dims);

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
  ['aten.select', writtenSelection],
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
