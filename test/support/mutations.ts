/** Files changed at random, each in the way of its kind. */

/** A whole number from 0 to `most`. */
export type UpTo = (most: number) => number;

const pick = <T>(items: readonly T[], upTo: UpTo): T => items[upTo(items.length - 1)] as T;

/** Bytes changed, cut, doubled; half of the time within the last fifth, where the directory and the JSON's end lie. */
export function mutateBytes(source: Uint8Array, upTo: UpTo): Uint8Array {
  const bytes = source.slice();
  const place = (): number =>
    upTo(1) === 0 ? upTo(bytes.length - 1) : bytes.length - 1 - upTo(Math.floor(bytes.length / 5));
  const kind = upTo(9);
  if (kind === 0) return bytes.subarray(0, place()).slice();
  if (kind === 1) return Uint8Array.from([...bytes.subarray(0, place()), ...bytes.subarray(place())]);
  for (let count = upTo(kind === 2 ? 200 : 8); count >= 0; count--) {
    bytes[place()] = kind < 6 ? upTo(255) : pick(INTERESTING, upTo);
  }
  return bytes;
}

/** Digits, brackets and quotes of JSON, pickle opcodes, and the ends of ranges. */
const INTERESTING = [...'0129-[]{}",.ctRQ)('].map((char) => char.charCodeAt(0)).concat(0, 0x7f, 0x80, 0xff);

/** Words and signs of code exchanged, doubled or left out: mostly still code. */
export function mutateText(source: Uint8Array, upTo: UpTo): Uint8Array {
  const words = new TextDecoder().decode(source).split(/\b/);
  for (let count = upTo(3); count >= 0; count--) {
    const place = upTo(words.length - 1);
    const kind = upTo(3);
    if (kind === 0) words[place] = pick(words, upTo);
    else if (kind === 1) words.splice(place, 1);
    else if (kind === 2) words.splice(place, 0, pick(words, upTo));
    else words[place] = pick(WORDS, upTo);
  }
  return new TextEncoder().encode(words.join(''));
}

const WORDS = [
  ...['', '0', '-1', '99999999', 'self', 'None', 'True', 'range', 'while', 'forward', 'torch', 'CONSTANTS'],
  ...['[', '(', '\n'],
];

const SIGNATURES = [0x02014b50, 0x04034b50, 0x06054b50, 0x06064b50];
const NUMBERS = [0, 1, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff];

/** Numbers in the headers and the directory of an archive: sizes, places, counts, flags, lengths of names. */
export function mutateZip(source: Uint8Array, upTo: UpTo): Uint8Array {
  const bytes = source.slice();
  const view = new DataView(bytes.buffer);
  const headers: number[] = [];
  for (let at = 0; at + 46 < bytes.length; at++) {
    if (bytes[at] === 0x50 && SIGNATURES.includes(view.getUint32(at, true))) headers.push(at);
  }
  headers.push(bytes.length - 22);
  for (let count = upTo(2); count >= 0; count--) {
    const at = Math.min(pick(headers, upTo) + 4 + upTo(42), bytes.length - 4);
    const kind = upTo(2);
    if (kind === 0) view.setUint16(at, pick(NUMBERS, upTo) & 0xffff, true);
    else if (kind === 1) view.setUint32(at, pick(NUMBERS, upTo), true);
    else view.setUint32(at, view.getUint32(at, true) + upTo(64) - 32, true);
  }
  return bytes;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const VALUES: readonly Json[] = [
  ...[0, -1, 1.5, 2 ** 31, 2 ** 53, 1e300, '', 'x', '__proto__', null, true],
  ...[[], {}, [[]], { as_int: -1 }, { as_tensor: { name: 'x' } }, { as_none: true }],
];

/** Values within JSON exchanged, left out, doubled, or replaced by those at the ends of ranges: it stays JSON. */
export function mutateJson(source: Uint8Array, upTo: UpTo): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(source)) as Json;
  for (let count = upTo(3); count >= 0; count--) changeSomewhere(json, upTo);
  return new TextEncoder().encode(JSON.stringify(json));
}

/** Goes down at random and changes what lies there. */
function changeSomewhere(json: Json, upTo: UpTo): void {
  let at = json;
  let other: Json = null;
  for (;;) {
    if (typeof at !== 'object' || at === null) return;
    const record = at as Record<string | number, Json>;
    const keys = Object.keys(record);
    if (keys.length === 0) return;
    const key = pick(keys, upTo);
    const value = record[key] as Json;
    const isLeaf = typeof value !== 'object' || value === null;
    if (isLeaf || upTo(7) === 0) return change(record, key, other, upTo);
    other = record[pick(keys, upTo)] as Json;
    at = value;
  }
}

function change(record: Record<string | number, Json>, key: string, other: Json, upTo: UpTo): void {
  const kind = upTo(4);
  if (kind === 0 && Array.isArray(record)) (record as Json[]).splice(Number(key), 1);
  else if (kind === 0) Reflect.deleteProperty(record, key);
  else if (kind === 1) record[key] = structuredClone(other);
  else if (kind === 2 && Array.isArray(record))
    (record as Json[]).splice(Number(key), 0, record[key] as Json);
  else if (kind === 3 && typeof record[key] === 'number') record[key] = record[key] + upTo(4) - 2;
  else record[key] = structuredClone(pick(VALUES, upTo));
}
