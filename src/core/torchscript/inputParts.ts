import { raise } from '../result';
import type { Expression } from './syntax/syntaxTree';
import { keyOf, type Value } from './values';

/** Inputs of `forward` that hold tensors: tuples, lists, dicts. Each tensor within is an input of the model, "x.0" or "x.image". */

/** How a value is made of inputs. */
export type InputPlan =
  | { readonly kind: 'tensor'; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly InputPlan[] }
  /** `parts`: how many of a list, or the keys of a dict, as far as anything says it. */
  | {
      readonly kind: 'list' | 'dict';
      readonly name: string;
      readonly of: Expression;
      readonly parts: readonly string[];
      readonly isClosed: boolean;
    };

/** The script reads a part of an input that nothing has told of yet: it is followed again with that part. */
export class PartFound extends Error {
  /** @param part a key, or how many items a list has at least. */
  constructor(
    readonly input: string,
    readonly part: string | number,
  ) {
    super(`A part of ${input} is known now.`);
  }
}

/** What is found out or said of inputs' parts, by the input's name. */
export type KnownParts = ReadonlyMap<string, readonly string[]>;

/**
 * The plan of a parameter by its type; null for a type that holds anything but tensors.
 * @param found parts that the script was seen to read. @param given those that somebody gives shapes to: all there are.
 */
export function inputPlan(
  name: string,
  type: Expression | null,
  found: KnownParts,
  given: readonly string[],
): InputPlan | null {
  if (type === null || isNamed(type, 'Tensor')) return { kind: 'tensor', name };
  if (type.kind !== 'item' || type.of.kind !== 'name') return null;
  const inner = type.index.kind === 'tuple' ? type.index.items : [type.index];
  switch (type.of.name) {
    case 'Optional':
      return inputPlan(name, type.index, found, given);
    case 'Tuple': {
      const items = inner.map((one, place) => inputPlan(`${name}.${place}`, one, found, given));
      const known = items.filter((item) => item !== null);
      return known.length === items.length ? { kind: 'tuple', items: known } : null;
    }
    case 'List':
    case 'Dict': {
      const isList = type.of.name === 'List';
      const of = inner.at(-1) as Expression;
      if ((!isList && !isNamed(inner[0] as Expression, 'str')) || inputPlan(name, of, found, given) === null)
        return null;
      const said = partsAmong(name, given, isList);
      const parts = said.length > 0 ? said : (found.get(name) ?? []);
      return { kind: isList ? 'list' : 'dict', name, of, parts, isClosed: said.length > 0 };
    }
    default:
      return null;
  }
}

/** The tensors of a plan, by the names of the model's inputs. */
export function tensorsOf(plan: InputPlan, found: KnownParts, given: readonly string[]): readonly string[] {
  if (plan.kind === 'tensor') return [plan.name];
  return partsOf(plan, found, given).flatMap((part) => tensorsOf(part, found, given));
}

/** The value that a plan makes of the model's inputs. */
export function plannedValue(plan: InputPlan, found: KnownParts, given: readonly string[]): Value {
  if (plan.kind === 'tensor') return { kind: 'tensor', name: plan.name };
  const items = partsOf(plan, found, given).map((part) => plannedValue(part, found, given));
  if (plan.kind === 'tuple') return { kind: 'tuple', items };
  const open = plan.isClosed ? {} : { open: plan.name };
  if (plan.kind === 'list') return { kind: 'list', items, ...open };
  const entries = plan.parts.map((part, place) => {
    const key: Value = { kind: 'text', value: part };
    return [keyOf(key) ?? part, { key, value: items[place] as Value }] as const;
  });
  return { kind: 'dict', entries: new Map(entries), ...open };
}

function partsOf(
  plan: Exclude<InputPlan, { kind: 'tensor' }>,
  found: KnownParts,
  given: readonly string[],
): readonly InputPlan[] {
  if (plan.kind === 'tuple') return plan.items;
  return plan.parts.flatMap((part) => inputPlan(`${plan.name}.${part}`, plan.of, found, given) ?? []);
}

const MOST_PARTS = 1000;

/** What is known once a part was found. */
export function withPart(known: KnownParts, { input, part }: PartFound): KnownParts {
  const own = known.get(input) ?? [];
  if (own.length >= MOST_PARTS || (typeof part === 'number' && part > MOST_PARTS))
    raise('unsupported', `The input "${input}" holds more tensors than that of any model; export it again.`);
  const more =
    typeof part === 'string' ? [...own, part] : Array.from({ length: part }, (_, place) => String(place));
  return new Map([...known, [input, more]]);
}

/** The first steps of the given names that lie below an input: "xs.0", "xs.1" → "0", "1". */
function partsAmong(name: string, given: readonly string[], isList: boolean): readonly string[] {
  const below = given
    .filter((one) => one.startsWith(`${name}.`))
    .map((one) => one.slice(name.length + 1).split('.')[0] ?? '');
  const parts = [...new Set(below)];
  if (!isList) return parts;
  const count = parts
    .filter((part) => /^\d{1,3}$/.test(part))
    .reduce((most, part) => Math.max(most, Number(part) + 1), 0);
  return Array.from({ length: count }, (_, place) => String(place));
}

function isNamed(type: Expression, name: string): boolean {
  return type.kind === 'name' && type.name === name;
}
