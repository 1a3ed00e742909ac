import { raise } from '../../result';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NONE = 255;
const VALUES = tableOfValues();

function tableOfValues(): Uint8Array {
  const values = new Uint8Array(256).fill(NONE);
  for (let i = 0; i < ALPHABET.length; i += 1) values[ALPHABET.charCodeAt(i)] = i;
  return values;
}

/** Bytes that decoding so many characters gives at most. */
export function decodedLength(characters: number): number {
  return Math.floor((characters * 3) / 4);
}

/**
 * The bytes of base64 text; line breaks and blanks in it are skipped, as Python and notebooks write them.
 * @throws ProblemError where a character is none of base64's, or the end is missing.
 */
export function fromBase64(text: string, what: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(decodedLength(text.length));
  let length = 0;
  let bits = 0;
  let held = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13 || code === 32 || code === 9) continue;
    if (code === 61) {
      padding += 1;
      continue;
    }
    const value = code < 256 ? (VALUES[code] ?? NONE) : NONE;
    if (value === NONE || padding > 0)
      raise('bad-input', `${what} is not base64: it breaks off at character ${i}; run the cell again.`);
    bits = ((bits << 6) | value) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[length++] = (bits >> held) & 0xff;
  }
  // whole bytes end with 0, 4 or 2 bits over; six are a character that says nothing
  if (held === 6 || padding > 2)
    raise('bad-input', `${what} is not base64: its end is missing; run the cell again.`);
  return bytes.slice(0, length);
}

/** Base64 of bytes, without line breaks. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // a string that grows by single characters would be a long rope
  const step = 3 * 4096;
  for (let from = 0; from < bytes.length; from += step)
    parts.push(encodePart(bytes.subarray(from, from + step)));
  return parts.join('');
}

function encodePart(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += sextet(word >> 18) + sextet(word >> 12);
    text += (left > 1 ? sextet(word >> 6) : '=') + (left > 2 ? sextet(word) : '=');
  }
  return text;
}

function sextet(word: number): string {
  return ALPHABET.charAt(word & 63);
}
