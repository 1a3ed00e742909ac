import { raise } from '../../result';

/** Guarded access to parsed JSON: every part is checked where it is read. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The JSON of the largest exports has some hundred thousand parts; each takes some fifty bytes once it is parsed. */
const MOST_PARTS = 10_000_000;

/**
 * @throws ProblemError `bad-input` for text that is no JSON, `unsupported` for one that would fill the memory.
 */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  if (countParts(bytes) > MOST_PARTS)
    raise('unsupported', `"${what}" in the archive has more parts than the program of any model.`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return raise('bad-input', `"${what}" in the archive is no JSON; save the model again.`);
  }
}

/** How many values the text holds at most: one for each bracket and comma outside of texts. */
function countParts(bytes: Uint8Array): number {
  let count = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at];
    if (code === 0x22) quoted = !quoted;
    else if (quoted) at += code === 0x5c ? 1 : 0;
    else if (code === 0x2c || code === 0x5b || code === 0x7b) count += 1;
  }
  return count;
}

export function record(value: unknown, what: string): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRecord;
  return unexpected(what, 'no record');
}

/** The own entries of a record: a name in a file can't reach what every object inherits. */
export function entriesOf(value: unknown, what: string): readonly (readonly [string, unknown])[] {
  return Object.entries(record(value, what));
}

export function list(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : unexpected(what, 'no list');
}

export function text(value: unknown, what: string): string {
  return typeof value === 'string' ? value : unexpected(what, 'no text');
}

export function integer(value: unknown, what: string): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : unexpected(what, 'no whole number');
}

/** A number; JSON has no infinities, and so PyTorch writes them as text. */
export function float(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  const special = typeof value === 'string' ? SPECIAL.get(value) : undefined;
  return special ?? unexpected(what, 'no number');
}

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['NaN', NaN],
]);

/** A field of a record; undefined where it has none of its own. */
export function field(value: JsonRecord, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The only field of a union that is set, as [name, content]. */
export function variant(value: unknown, what: string): readonly [string, unknown] {
  const set = entriesOf(value, what).filter(([, content]) => content !== null && content !== undefined);
  const [only] = set;
  return only !== undefined && set.length === 1 ? only : unexpected(what, 'no single variant');
}

export function unexpected(what: string, why: string): never {
  return raise(
    'bad-input',
    `The program in the archive is damaged or of an unknown version (${what} is ${why}); export it again with torch.export.save.`,
  );
}
