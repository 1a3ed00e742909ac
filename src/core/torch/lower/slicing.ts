import type { Dim } from '../../ir/model';
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
  const end = isLast(call) ? call.list([FAR]) : call.emit('Add', [start, call.size('length')]);
  return call.emit('Slice', [call.tensor('self'), start, end, call.list([axis])]);
}

/** Counted from the end and up to it: the end would be 0, which is the front. */
function isLast(call: Call): boolean {
  if (call.isSize('start') || call.int('start') >= 0) return false;
  return call.isSize('length')
    ? call.cannot('counts from the end, and has an open length')
    : call.int('start') + call.int('length') === 0;
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

/** Each axis shifted round: the end comes first. Without an axis the elements in the order of memory. */
function roll(call: Call): string {
  const x = call.tensor('self');
  const dims = call.dims('self');
  const axes = call.ints('dims', []);
  const shifts = call.ints('shifts');
  if (axes.length === 0) {
    const flat = call.emit('Reshape', [x, call.list([-1])]);
    return call.emit('Reshape', [rolled(call, flat, 0, shifts[0] ?? 0, null), call.emit('Shape', [x])]);
  }
  return axes.reduce((value, given, place) => {
    const axis = given < 0 ? given + dims.length : given;
    return rolled(call, value, axis, shifts[place] ?? 0, dims[axis] ?? null);
  }, x);
}

/** More than the whole axis round is the rest of it. */
function rolled(call: Call, value: string, axis: number, shift: number, size: Dim): string {
  const isKnown = typeof size === 'number' && size > 0;
  const least = isKnown ? ((shift % size) + size) % size : null;
  if (shift === 0 || least === 0) return value;
  const back = least === null ? openShift(call, value, axis, shift) : call.list([-least]);
  const part = (from: string, to: string): string => call.emit('Slice', [value, from, to, call.list([axis])]);
  const parts = [part(back, call.list([FAR])), part(call.list([0]), back)];
  return call.emit('Concat', parts, { axis: int(axis) });
}

/** Where the end begins that comes first, of an axis of open size. */
function openShift(call: Call, value: string, axis: number, shift: number): string {
  const size = call.emit('Shape', [value], { start: int(axis), end: int(axis + 1) });
  return call.emit('Sub', [size, call.emit('Mod', [call.list([shift]), size])]);
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
