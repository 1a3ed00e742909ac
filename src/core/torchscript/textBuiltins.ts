import type { Builtin } from './builtin';
import { OTHER, type Value } from './values';

/** Calls that make texts: a script may use them as keys, and decides by them. */

/** As Python prints it; null where that is not known here: floats, of which the file may hold whole ones as whole numbers. */
export function textOf(value: Value | undefined): Value | null {
  switch (value?.kind) {
    case 'text':
      return value;
    case 'int':
      return { kind: 'text', value: String(value.value) };
    case 'bool':
      return { kind: 'text', value: value.value ? 'True' : 'False' };
    case 'none':
      return { kind: 'text', value: 'None' };
    default:
      return null;
  }
}

/** A text with each `{}` replaced; what is not known as text makes all of it unknown, which a message may well be. */
export const formatted: Builtin = ([pattern, ...args], { work }) => {
  if (pattern?.kind !== 'text') return OTHER;
  work.spend(pattern.value.length);
  const parts = pattern.value.split('{}');
  const texts = args.map(textOf);
  if (parts.length !== texts.length + 1 || parts.some((part) => /[{}]/.test(part))) return OTHER;
  let value = parts[0] ?? '';
  for (const [place, text] of texts.entries()) {
    if (text?.kind !== 'text') return OTHER;
    value += text.value + (parts[place + 1] ?? '');
    work.spend(text.value.length);
  }
  return { kind: 'text', value };
};
