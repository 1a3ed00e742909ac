import { raise } from '../../result';

/**
 * JSON whose numbers keep their text: 9223372036854775807, the end of a slice that has none, is no number of
 * JavaScript's, and 1.0 is no 1 to PyTorch. A number is a string behind a mark.
 */
export type Json = string | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

const MARK = '\u0001';
/** A string, or a number. */
const TOKENS = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d[\d.eE+-]*/g;
const MARKED = /"\\u0001(-?\d[\d.eE+-]*)"/g;

/** @throws ProblemError `unsupported` for a text that begins as our numbers do. */
export function parseTagged(text: string): Json {
  const tagged = text.replace(TOKENS, (token) => {
    if (!token.startsWith('"')) return `"\\u0001${token}"`;
    if (token.startsWith('"\\u0001'))
      raise('unsupported', 'The program in the archive holds a text that cannot be written back.');
    return token;
  });
  return JSON.parse(tagged) as Json;
}

export function printTagged(value: Json): string {
  return JSON.stringify(value).replace(MARKED, '$1');
}

/** @throws ProblemError `unsupported` for what is no whole number. */
export function whole(value: number): string {
  if (!Number.isInteger(value))
    raise('unsupported', `A size of the merged model is ${value}; write it as .onnx.`);
  return `${MARK}${BigInt(value)}`;
}

/** A number that PyTorch reads as a float. */
export function floating(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const text = String(value);
  return `${MARK}${/[.e]/.test(text) ? text : `${text}.0`}`;
}

/** The number that a tagged one stands for; null for anything else. */
export function numberOf(value: Json | undefined): number | null {
  return typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(1)) : null;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's field as an object; empty where it is none. */
export function objectIn(value: Json | undefined, name: string): JsonObject {
  const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(inner) ? inner : {};
}

/** The object's field as a list; empty where it is none. */
export function listIn(value: Json | undefined, name: string): readonly Json[] {
  const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(inner) ? (inner as readonly Json[]) : [];
}

/** The object's field as a text; '' where it is none. */
export function textIn(value: Json | undefined, name: string): string {
  const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof inner === 'string' && !inner.startsWith(MARK) ? inner : '';
}
