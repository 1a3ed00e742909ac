import type { Builtin } from './builtin';
import { plus } from './numberBuiltins';
import { bool, list, type Value } from './values';

/** Calls on lists. */

function append([to, item]: readonly Value[]): Value | null {
  if (to?.kind !== 'list' || item === undefined) return null;
  to.items.push(item);
  return to;
}

/** Of a list, as Python has it, in steps of one. */
const slice: Builtin = ([of, start, end, step], { work }) => {
  if (of?.kind !== 'list' || (step !== undefined && (step.kind !== 'int' || step.value !== 1))) return null;
  const bound = (value: Value | undefined, open: number): number =>
    value?.kind === 'int' ? value.value : open;
  work.spend(of.items.length);
  return list(of.items.slice(bound(start, 0), bound(end, of.items.length)));
};

const contains: Builtin = ([of, item], { work }) => {
  if (of?.kind !== 'list' || item === undefined || !('value' in item)) return null;
  work.spend(of.items.length);
  return bool(of.items.some((one) => 'value' in one && one.value === item.value));
};

/** Two lists one after the other; numbers are added. */
const joined: Builtin = ([a, b], scope) => {
  if (a?.kind !== 'list' || b?.kind !== 'list') return plus([a, b] as Value[], scope);
  scope.work.spend(a.items.length + b.items.length);
  return list([...a.items, ...b.items]);
};

const copied: Builtin = ([of], { work }) => {
  if (of?.kind !== 'list' && of?.kind !== 'tuple') return null;
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

export const listBuiltins: Readonly<Record<string, Builtin>> = {
  add: joined,
  append,
  slice,
  __contains__: contains,
  list: copied,
  any: truth((flags) => flags.includes(true)),
  all: truth((flags) => !flags.includes(false)),
};
