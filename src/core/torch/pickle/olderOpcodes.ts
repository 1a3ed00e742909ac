import { joinBytes } from '../../tensor/joinBytes';
import type { StackGlobal } from './scanPickle';

/** The newest protocol that PyTorch reads without running anything; it is also what `torch.save` writes. */
const PROTOCOL = 2;

const PROTO = 0x80;
const FRAME = 0x95;
const MEMOIZE = 0x94;
const LONG_PUT = 0x72;
const TEXT = 0x58;
const GLOBAL = 0x63;
/** Texts with lengths of one byte and of eight; bytes with lengths of one, four and eight. */
const TEXTS: ReadonlyMap<number, number> = new Map([
  [0x8c, 2],
  [0x8d, 9],
]);
const BYTES: ReadonlyMap<number, number> = new Map([
  [0x43, 2],
  [0x42, 5],
  [0x8e, 9],
]);
const PAIR = 0x86;
const CALL = 0x52;

/** What an opcode of a newer protocol is in the older one; null where it is the same. */
export function olderOpcode(opcode: Uint8Array): Uint8Array | null {
  const code = opcode[0] as number;
  if (code === PROTO) return opcode[1] === PROTOCOL ? null : Uint8Array.of(PROTO, PROTOCOL);
  // it only says how much to read at once
  if (code === FRAME) return new Uint8Array(0);
  const text = TEXTS.get(code);
  if (text !== undefined) return textOpcode(opcode.subarray(text));
  const bytes = BYTES.get(code);
  return bytes === undefined ? null : bytesOpcodes(opcode.subarray(bytes));
}

/** A global that two texts on the stack named. */
export function globalOpcodes({ module, name }: Pick<StackGlobal, 'module' | 'name'>): Uint8Array {
  return joinBytes([Uint8Array.of(GLOBAL), new TextEncoder().encode(`${module}\n${name}\n`)]);
}

/** The opcode that remembers a value at a place; null where it names the place itself. */
export function memoPut(opcode: Uint8Array, place: number): Uint8Array | null {
  // its place is how many were remembered before, which changes
  return opcode[0] === MEMOIZE ? withLength(LONG_PUT, place) : null;
}

function textOpcode(utf8: Uint8Array): Uint8Array {
  return joinBytes([withLength(TEXT, utf8.length), utf8]);
}

/** As Python writes bytes where the protocol has none: the text of these characters, encoded. */
function bytesOpcodes(bytes: Uint8Array): Uint8Array {
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const encoder = new TextEncoder();
  return joinBytes([
    globalOpcodes({ module: '_codecs', name: 'encode' }),
    textOpcode(encoder.encode(characters)),
    textOpcode(encoder.encode('latin1')),
    Uint8Array.of(PAIR, CALL),
  ]);
}

function withLength(code: number, length: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = code;
  new DataView(bytes.buffer).setUint32(1, length, true);
  return bytes;
}
