/** Pickles written by hand, opcode by opcode. */

export type Part = string | number | Uint8Array | readonly number[];

/** Bytes of text and numbers, one after the other; text as ASCII. */
export function pickle(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string'
        ? [...new TextEncoder().encode(part)]
        : typeof part === 'number'
          ? [part]
          : [...part],
    ),
  );
}

export const PROTO = [0x80, 2];
export const STOP = '.';

export function globalOf(module: string, name: string): Uint8Array {
  return pickle('c', `${module}\n${name}\n`);
}

/** A short text. */
export function textOf(value: string): Uint8Array {
  return pickle('X', [value.length, 0, 0, 0], value);
}
