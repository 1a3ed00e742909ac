import { bootstrap } from './bootstrap';
import { ENGLISH } from './english';

/**
 * The words of the screens. English is built in (`english.ts`); the extension host injects another language by the English
 * texts as `Bootstrap.strings`, and texts that it leaves out stay English. A text that depends on a number has one key for each
 * plural category of its language (`nodes.one`, `nodes.other`); `{name}` stands for a value.
 */

export type StringKey = keyof typeof ENGLISH;

type PluralKey = StringKey extends infer K ? (K extends `${infer Base}.other` ? Base : never) : never;

type Values = Readonly<Record<string, string | number>>;

/** The language that numbers are written in, too. */
export const locale = supported(bootstrap.language);

const plurals = new Intl.PluralRules(locale);

/** A text by its key, with `{name}` replaced. */
export function t(key: StringKey, values: Values = {}): string {
  return fill(lookup(key) ?? key, values);
}

/** A text in the plural form that `n` asks for; `{n}` stands for the number, written out. */
export function plural(key: PluralKey, n: number, values: Values = {}): string {
  const text = lookup(`${key}.${plurals.select(n)}`) ?? lookup(`${key}.other`) ?? key;
  return fill(text, { n: new Intl.NumberFormat(locale).format(n), ...values });
}

/** A text whose key is made from data, such as a refusal's code; the fallback where there is none. */
export function tOr(key: string, fallback: string): string {
  return lookup(key) ?? fallback;
}

function lookup(key: string): string | undefined {
  const { strings } = bootstrap;
  if (!Object.hasOwn(ENGLISH, key)) return undefined;
  const english = ENGLISH[key as StringKey];
  return Object.hasOwn(strings, english) ? strings[english] : english;
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : hole,
  );
}

function supported(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
