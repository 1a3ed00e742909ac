import type { Call, LoweringTable } from './call';
import { int } from './constants';

/** Several tensors to one, and one to several. */

function cat(call: Call): string {
  const names = call.tensorNames('tensors');
  const { dims } = call.result();
  // PyTorch takes an empty list of no axes for nothing
  const parts = names.filter((name) => {
    const own = call.typeOfTensor(name).dims;
    return !(own?.length === 1 && own[0] === 0 && dims?.length !== 1);
  });
  const values = inOneType(call, parts);
  const [only] = values;
  const axis = call.axis('dim', dims?.length ?? 0, 0);
  return values.length === 1 && only !== undefined ? only : call.emit('Concat', values, { axis: int(axis) });
}

/** In the type of the result. */
function inOneType(call: Call, names: readonly string[]): readonly string[] {
  const { dtype } = call.result();
  return names.map((name) => {
    const value = call.tensorNamed(name);
    return call.typeOfTensor(name).dtype === dtype ? value : call.cast(value, dtype);
  });
}

function stack(call: Call): string {
  const rank = call.result().dims?.length ?? call.cannot('says no shape of its result');
  const axis = call.axis('dim', rank, 0);
  const axes = call.list([axis]);
  const values = inOneType(call, call.tensorNames('tensors'));
  const lifted = values.map((value) => call.emit('Unsqueeze', [value, axes]));
  return call.emit('Concat', lifted, { axis: int(axis) });
}

/** The sizes of the results along the axis are those that the program says. */
function split(call: Call): readonly string[] {
  const axis = call.axis('dim', call.rank('self'), 0);
  const names = resultNames(call);
  const sizes = names.map((name) => call.typeOfTensor(name).dims?.[axis]);
  if (names.length === 1) return [call.tensor('self')];
  const numbers = sizes.filter((size) => typeof size === 'number');
  if (numbers.length !== sizes.length) return call.cannot('has parts of open size');
  return call.emitMany('Split', [call.tensor('self'), call.list(numbers)], names.length, { axis: int(axis) });
}

function unbind(call: Call): readonly string[] {
  const axis = call.axis('dim', call.rank('self'), 0);
  return resultNames(call).map((_, place) =>
    call.emit('Gather', [call.tensor('self'), call.scalar(place, 'int64')], { axis: int(axis) }),
  );
}

/** Places along each of some axes, repeated along the others. */
function meshgrid(call: Call): readonly string[] {
  const names = call.tensorNames('tensors');
  const values = call.tensors('tensors');
  // "xy" has the first two axes the other way round
  const swaps = call.word('indexing', 'ij') === 'xy' && values.length > 1;
  const axisOf = (place: number): number => (swaps && place < 2 ? 1 - place : place);
  if (names.some((name) => call.typeOfTensor(name).dims?.length !== 1)) return call.cannot('is not of lists');
  const order = values.map((_, place) => values[axisOf(place)] as string);
  const shape = call.emit(
    'Concat',
    order.map((value) => call.emit('Shape', [value])),
    { axis: int(0) },
  );
  return values.map((value, place) => {
    const sizes = values.map((_, axis) => (axis === axisOf(place) ? -1 : 1));
    return call.emit('Expand', [call.emit('Reshape', [value, call.list(sizes)]), shape]);
  });
}

/** A call that gives a list has one output, the list. */
export function resultNames(call: Call): readonly string[] {
  const [output] = call.node.outputs;
  if (output?.kind === 'tensors') return output.names.map((name) => name ?? '');
  return call.node.outputs.map((one) => (one.kind === 'tensor' ? one.name : ''));
}

export const joiningLowerings: LoweringTable = {
  'aten.cat': cat,
  'aten.concat': cat,
  'aten.concatenate': cat,
  'aten.stack': stack,
  'aten.split': split,
  'aten.split_with_sizes': split,
  'aten.chunk': split,
  'aten.tensor_split': split,
  'aten.unsafe_split': split,
  'aten.unsafe_chunk': split,
  'aten.unbind': unbind,
  'aten.meshgrid': meshgrid,
};
