import { raise } from '../result';
import { PartFound } from './inputParts';
import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { Place } from './syntax/syntaxTree';
import { described, keyOf, OTHER, type DictValue, type Value } from './values';

/** Items of lists, tuples and dicts. */

/** @throws ProblemError with the place of an item that there is not; PartFound for one of an input that nothing has told of yet. */
export function itemOf(of: Value, place: Value, file: string, at: Place): Value {
  if (of.kind === 'dict') return entryOf(of, place, file, at);
  if (of.kind === 'other') return OTHER;
  const items = of.kind === 'list' || of.kind === 'tuple' ? of.items : [];
  const open = of.kind === 'list' ? of.open : undefined;
  if (open !== undefined && place.kind === 'int' && place.value >= items.length)
    throw new PartFound(open, place.value + 1);
  // from the end of a list whose end is not known
  const found =
    place.kind === 'int' && (open === undefined || place.value >= 0) ? items.at(place.value) : undefined;
  return (
    found ?? refuseAt(file, at, `item ${described(place)} of ${described(of)} is not read here; ${EXPORT}`)
  );
}

function entryOf(dict: DictValue, key: Value, file: string, at: Place): Value {
  const found = dict.entries.get(keyOf(key) ?? '')?.value;
  if (found !== undefined) return found;
  if (dict.open !== undefined && key.kind === 'text') throw new PartFound(dict.open, key.value);
  return refuseAt(file, at, `${described(key)} is no key of this dict; ${EXPORT}`);
}

/** @throws ProblemError for an input as a whole of which nobody knows how much it holds. */
export function refuseOpen(args: readonly Value[]): void {
  for (const arg of args) {
    if ((arg.kind !== 'list' && arg.kind !== 'dict') || arg.open === undefined) continue;
    const [name, first] = [arg.open, `${arg.open}.${arg.kind === 'list' ? '0' : 'image'}`];
    raise(
      'unsupported',
      `how many tensors the input "${name}" holds is not known here; give shapes to "${first}" and all others of it (--shape; Set Input Shapes in VS Code).`,
    );
  }
}
