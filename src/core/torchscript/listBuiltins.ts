import type { Builtin } from './builtin';
import { dictBuiltins, onDicts } from './dictBuiltins';
import { plus, times } from './numberBuiltins';
import { bool, int, list, NONE, OTHER, type ListValue, type Value } from './values';

/** Calls on lists, as Python has them. */

const onList =
  (action: (of: ListValue, rest: readonly Value[]) => Value | null): Builtin =>
  ([of, ...rest], { work }) => {
    if (of?.kind !== 'list' || of.open !== undefined) return null;
    work.spend(of.items.length);
    return action(of, rest);
  };

function append([to, item]: readonly Value[]): Value | null {
  if (to?.kind !== 'list' || item === undefined || to.open !== undefined) return null;
  to.items.push(item);
  return to;
}

/** A part of a list or tuple; of sizes that are not known one that is not known. */
const slice: Builtin = ([of, ...bounds], { work }) => {
  if (of?.kind === 'other') return OTHER;
  if ((of?.kind !== 'list' && of?.kind !== 'tuple') || ('open' in of && of.open !== undefined)) return null;
  const [start, end, step] = bounds.map((value) => (value.kind === 'int' ? value.value : null));
  if (bounds.some(({ kind }) => kind !== 'int' && kind !== 'none') || step === 0) return null;
  work.spend(of.items.length);
  return list(sliced(of.items, start ?? null, end ?? null, step ?? 1));
};

function sliced(items: readonly Value[], start: number | null, end: number | null, step: number): Value[] {
  const [low, high] = step > 0 ? [0, items.length] : [-1, items.length - 1];
  const bound = (value: number | null, open: number): number =>
    value === null ? open : Math.min(high, Math.max(low, value < 0 ? value + items.length : value));
  const [from, to] = [bound(start, step > 0 ? low : high), bound(end, step > 0 ? high : low)];
  const found: Value[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) found.push(items[at] as Value);
  return found;
}

const contains: Builtin = (args, scope) => {
  const [of, item] = args;
  if (of?.kind !== 'list' || of.open !== undefined || item === undefined || !('value' in item)) return null;
  scope.work.spend(of.items.length);
  const isThere = of.items.some((one) => 'value' in one && one.value === item.value);
  return isThere || of.items.every(isKnown) ? bool(isThere) : null;
};

/** A size that is open may be any number. */
const isKnown = (item: Value): boolean => 'value' in item;

/** Two lists or texts one after the other; numbers are added. */
const joined: Builtin = ([a, b], scope) => {
  if (a?.kind === 'text' && b?.kind === 'text') {
    scope.work.spend(a.value.length + b.value.length);
    return { kind: 'text', value: a.value + b.value };
  }
  if (a?.kind !== 'list' || b?.kind !== 'list') return plus([a, b] as Value[], scope);
  if (a.open !== undefined || b.open !== undefined) return null;
  scope.work.spend(a.items.length + b.items.length);
  return list([...a.items, ...b.items]);
};

/** The first list, from now on with the items of the second. */
const grown: Builtin = ([a, b], { work }) => {
  if (a?.kind !== 'list' || b?.kind !== 'list' || a.open !== undefined || b.open !== undefined) return null;
  work.spend(a.items.length + b.items.length);
  // one that grows by itself would never end; so many arguments as a list may have items no call takes
  for (const item of [...b.items]) a.items.push(item);
  return a;
};

/** A list so many times over; numbers are multiplied. */
const repeated: Builtin = ([a, b], scope) => {
  const [of, count] = a?.kind === 'list' ? [a, b] : [b, a];
  if (of?.kind !== 'list') return times([a, b] as Value[], scope);
  if (of.open !== undefined || count?.kind !== 'int') return null;
  const rounds = Math.max(0, count.value);
  scope.work.spend(of.items.length * rounds);
  return list(Array.from({ length: rounds }, () => of.items).flat());
};

const copied: Builtin = ([of], { work }) => {
  if ((of?.kind !== 'list' && of?.kind !== 'tuple') || ('open' in of && of.open !== undefined)) return null;
  work.spend(of.items.length);
  return list(of.items);
};

/** Whether some item, or every one, counts as true; null where one is no number. */
const truth =
  (holds: (flags: readonly boolean[]) => boolean): Builtin =>
  ([of, ...rest], { work }) => {
    if ((of?.kind !== 'list' && of?.kind !== 'tuple') || rest.length > 0) return null;
    work.spend(of.items.length);
    const flags = of.items.flatMap((item) =>
      item.kind === 'bool' || item.kind === 'int' || item.kind === 'float' ? [Boolean(item.value)] : [],
    );
    return flags.length === of.items.length ? bool(holds(flags)) : null;
  };

/** The place of an item; null where there is none. */
function placeOf({ items }: ListValue, value: Value | undefined): number | null {
  if (value?.kind !== 'int') return null;
  const place = value.value < 0 ? value.value + items.length : value.value;
  return place >= 0 && place < items.length ? place : null;
}

/** The place of the first item of that value; null where no item is, or nobody can tell. */
function firstLike({ items }: ListValue, value: Value | undefined): number | null {
  if (value === undefined || !('value' in value)) return null;
  const place = items.findIndex((item) => 'value' in item && item.value === value.value);
  return place < 0 || !items.slice(0, place).every(isKnown) ? null : place;
}

const onLists: Readonly<Record<string, Builtin>> = {
  _set_item: onList((of, [place, value]) => {
    const at = placeOf(of, place);
    if (at === null || value === undefined) return null;
    of.items[at] = value;
    return NONE;
  }),
  pop: onList((of, [place = int(-1)]) => {
    const at = placeOf(of, place);
    return at === null ? null : (of.items.splice(at, 1)[0] ?? null);
  }),
  Delete: onList((of, [place]) => {
    const at = placeOf(of, place);
    if (at !== null) of.items.splice(at, 1);
    return at === null ? null : NONE;
  }),
  clear: onList((of) => {
    of.items.length = 0;
    return NONE;
  }),
  copy: onList((of) => list(of.items)),
  __contains__: contains,
};

/** What both have under one name, by what it is called on. */
const shared = Object.entries(onDicts).map(([name, dict]): [string, Builtin] => {
  const other = onLists[name];
  return [name, (args, scope) => (args[0]?.kind === 'dict' ? dict : other)?.(args, scope) ?? null];
});

export const listBuiltins: Readonly<Record<string, Builtin>> = {
  ...dictBuiltins,
  ...Object.fromEntries(shared),
  add: joined,
  mul: repeated,
  append,
  slice,
  list: copied,
  extend: (args, scope) => (grown(args, scope) === null ? null : NONE),
  add_: grown,
  insert: onList((of, [place, value]) => {
    if (place?.kind !== 'int' || value === undefined) return null;
    of.items.splice(place.value, 0, value);
    return NONE;
  }),
  reverse: onList((of) => {
    of.items.reverse();
    return NONE;
  }),
  index: onList((of, [value]) => {
    const place = firstLike(of, value);
    return place === null ? null : int(place);
  }),
  remove: onList((of, [value]) => {
    const place = firstLike(of, value);
    if (place !== null) of.items.splice(place, 1);
    return place === null ? null : NONE;
  }),
  any: truth((flags) => flags.includes(true)),
  all: truth((flags) => !flags.includes(false)),
};

/** Names of calls that change a list or a dict, or look into one. */
export const CONTAINER_CALLS: ReadonlySet<string> = new Set(
  'append extend insert pop reverse remove clear sort _set_item Delete copy count index keys values items get update setdefault popitem'.split(
    ' ',
  ),
);
