import type { Builtin } from './builtin';
import { bool, int, keyOf, list, NONE, type DictValue, type Value } from './values';

/** Calls on dicts. A dict keeps the order in which its keys were put in, as Python's does. */

const onDict =
  (action: (dict: DictValue, rest: readonly Value[]) => Value | null): Builtin =>
  ([of, ...rest], { work }) => {
    if (of?.kind !== 'dict' || of.open !== undefined) return null;
    work.spend(of.entries.size);
    return action(of, rest);
  };

function put(dict: DictValue, [key, value]: readonly Value[]): Value | null {
  const id = keyOf(key);
  if (id === null || key === undefined || value === undefined) return null;
  dict.entries.set(id, { key, value });
  return NONE;
}

function take(dict: DictValue, [key, fallback]: readonly Value[]): Value | null {
  const id = keyOf(key);
  if (id === null) return null;
  const found = dict.entries.get(id)?.value ?? fallback ?? null;
  dict.entries.delete(id);
  return found;
}

function copied(dict: DictValue): DictValue {
  return { kind: 'dict', entries: new Map(dict.entries) };
}

/** `torch.dict()`, or one of pairs. */
const made: Builtin = ([of], { work }) => {
  if (of === undefined) return { kind: 'dict', entries: new Map() };
  if (of.kind === 'dict') return of.open === undefined ? copied(of) : null;
  if (of.kind !== 'list' || of.open !== undefined) return null;
  work.spend(of.items.length);
  const dict: DictValue = { kind: 'dict', entries: new Map() };
  for (const item of of.items) if (item.kind !== 'tuple' || put(dict, item.items) === null) return null;
  return dict;
};

/** By the names of the calls; those that lists have, too, are told apart by their first argument. */
export const dictBuiltins: Readonly<Record<string, Builtin>> = {
  dict: made,
  keys: onDict(({ entries }) => list([...entries.values()].map(({ key }) => key))),
  values: onDict(({ entries }) => list([...entries.values()].map(({ value }) => value))),
  items: onDict(({ entries }) =>
    list([...entries.values()].map(({ key, value }): Value => ({ kind: 'tuple', items: [key, value] }))),
  ),
  get: onDict(({ entries }, [key, fallback]) => {
    const id = keyOf(key);
    return id === null ? null : (entries.get(id)?.value ?? fallback ?? NONE);
  }),
  update: onDict((dict, [other]) => {
    if (other?.kind !== 'dict' || other.open !== undefined) return null;
    for (const [id, entry] of other.entries) dict.entries.set(id, entry);
    return NONE;
  }),
  setdefault: onDict(
    (dict, [key, value]) =>
      dict.entries.get(keyOf(key) ?? '')?.value ??
      (put(dict, [key, value] as Value[]) === null ? null : (value ?? null)),
  ),
};

export const onDicts: Readonly<Record<string, Builtin>> = {
  _set_item: onDict(put),
  pop: onDict(take),
  Delete: onDict((dict, rest) => (take(dict, rest) === null ? null : NONE)),
  clear: onDict((dict) => {
    dict.entries.clear();
    return NONE;
  }),
  copy: onDict(copied),
  len: onDict(({ entries }) => int(entries.size)),
  __contains__: onDict(({ entries }, [key]) => {
    const id = keyOf(key);
    return id === null ? null : bool(entries.has(id));
  }),
};
