import type { Call, LoweringTable } from './call';
import { int } from './constants';

/** Parts of a tensor. */

/** Beyond any size: to the end. */
const FAR = 2 ** 53 - 1;

function slice(call: Call): string {
  const axis = call.axis('dim', call.rank('self'), 0);
  if (isWhole(call)) return call.tensor('self');
  return call.emit('Slice', [
    call.tensor('self'),
    bound(call, 'start', 0),
    bound(call, 'end', FAR),
    call.list([axis]),
    call.list([call.int('step', 1)]),
  ]);
}

/** Whether a slice takes all of its axis, whatever the size. */
export function isWhole(call: Call): boolean {
  if (call.isSize('start') || call.isSize('end')) return false;
  return call.number('start', 0) === 0 && call.number('end', FAR) >= FAR && call.number('step', 1) === 1;
}

/** A bound as a list of one; what is larger than any size is cut to what int64 and a number both hold. */
function bound(call: Call, name: string, fallback: number): string {
  if (call.isSize(name)) return call.size(name);
  const value = call.has(name) ? call.int(name) : fallback;
  return call.list([Math.min(value, FAR)]);
}

function select(call: Call): string {
  const axis = int(call.axis('dim', call.rank('self')));
  const index = call.isSize('index')
    ? call.emit('Squeeze', [call.size('index'), call.list([0])])
    : call.scalar(call.int('index'), 'int64');
  return call.emit('Gather', [call.tensor('self'), index], { axis });
}

function narrow(call: Call): string {
  const axis = call.axis('dim', call.rank('self'));
  const start = call.size('start');
  const end = call.emit('Add', [start, call.size('length')]);
  return call.emit('Slice', [call.tensor('self'), start, end, call.list([axis])]);
}

function indexSelect(call: Call): string {
  return call.emit('Gather', [call.tensor('self'), call.tensor('index')], {
    axis: int(call.axis('dim', call.rank('self'))),
  });
}

function gather(call: Call): string {
  return call.emit('GatherElements', [call.tensor('self'), call.tensor('index')], {
    axis: int(call.axis('dim', call.rank('self'))),
  });
}

function embedding(call: Call): string {
  return call.emit('Gather', [call.tensor('weight'), call.tensor('indices')], { axis: int(0) });
}

/** Backwards along some axes. */
function flip(call: Call): string {
  const rank = call.rank('self');
  const axes = call.ints('dims').map((axis) => (axis < 0 ? axis + rank : axis));
  const each = (value: number): string => call.list(axes.map(() => value));
  return call.emit('Slice', [call.tensor('self'), each(-1), each(-FAR), call.list(axes), each(-1)]);
}

/** Each axis shifted round: the end comes first. */
function roll(call: Call): string {
  const rank = call.rank('self');
  const axes = call.ints('dims', []);
  if (axes.length === 0) return call.cannot('rolls over all axes');
  const shifts = call.ints('shifts');
  return axes.reduce((value, given, place) => {
    const axis = given < 0 ? given + rank : given;
    const shift = shifts[place] ?? 0;
    const part = (from: number, to: number): string =>
      call.emit('Slice', [value, call.list([from]), call.list([to]), call.list([axis])]);
    return shift === 0
      ? value
      : call.emit('Concat', [part(-shift, FAR), part(0, -shift)], { axis: int(axis) });
  }, call.tensor('self'));
}

export const slicingLowerings: LoweringTable = {
  'aten.slice': slice,
  'aten.select': select,
  'aten.narrow': narrow,
  'aten.index_select': indexSelect,
  'aten.gather': gather,
  'aten.embedding': embedding,
  'aten.flip': flip,
  'aten.roll': roll,
};
