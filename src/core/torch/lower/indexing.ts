import type { Call, LoweringTable } from './call';
import { transposeBy } from './layout';
import { int } from './constants';

/** Elements at places that tensors say: x[:, i], x[:, :, i, j]. */

interface Index {
  readonly name: string;
  readonly axis: number;
}

function index(call: Call): string {
  const argument = call.node.args.get('indices');
  if (argument?.kind !== 'tensors') return call.cannot('has no indices');
  const given = argument.names.flatMap((name, axis) => (name === null ? [] : [{ name, axis }]));
  if (given.some(({ name }) => call.typeOfTensor(name).dtype === 'bool'))
    return call.cannot('selects by truth values');
  const [only] = given;
  if (only === undefined) return call.cannot('has no indices');
  if (given.length > 1) return several(call, given);
  return call.emit('Gather', [call.tensor('self'), call.tensorNamed(only.name)], { axis: int(only.axis) });
}

/**
 * One index tensor for each of some axes, broadcast against each other: their axes take the place of the indexed ones where
 * these stand side by side, else they come first.
 */
function several(call: Call, given: readonly Index[]): string {
  const rank = call.rank('self');
  const indexed = given.map(({ axis }) => axis);
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !indexed.includes(axis));
  const data = transposeBy(call, call.tensor('self'), [...indexed, ...rest]);
  const found = call.emit('GatherND', [data, broadcastIndices(call, given)]);
  const ranks = given.map(({ name }) => call.typeOfTensor(name).dims?.length ?? call.cannot('has no shape'));
  const width = ranks.reduce((most, one) => Math.max(most, one), 0);
  const [first = 0] = indexed;
  const sideBySide = indexed.every((axis, place) => axis === first + place);
  const before = sideBySide ? first : 0;
  const axes = (from: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, place) => from + place);
  return transposeBy(call, found, [
    ...axes(width, before),
    ...axes(0, width),
    ...axes(width + before, rest.length - before),
  ]);
}

/** [..., k]: the k indices of each place. Zeros of the others' shapes bring each to the common shape. */
function broadcastIndices(call: Call, given: readonly Index[]): string {
  const last = call.list([-1]);
  const values = given.map(({ name }) =>
    call.typeOfTensor(name).dtype === 'int64'
      ? call.tensorNamed(name)
      : call.cast(call.tensorNamed(name), 'int64'),
  );
  const sum = values.reduce((a, b) => call.emit('Add', [a, b]));
  const zeros = call.emit('Mul', [sum, call.scalar(0, 'int64')]);
  const parts = values.map((value) => call.emit('Unsqueeze', [call.emit('Add', [value, zeros]), last]));
  return call.emit('Concat', parts, { axis: int(-1) });
}

export const indexingLowerings: LoweringTable = {
  'aten.index': index,
  'aten._unsafe_index': index,
};
