/**
 * The checksum of ZIP archives: the remainder of a division by the polynomial x³² + x²⁶ + … + 1 over GF(2), bits
 * reversed. Eight bytes a step, each by a table of its own: a model's weights run through here while they are written.
 */
const POLYNOMIAL = 0xedb88320;
const STEP = 8;

/** `TABLES[256·k + byte]`: the remainder of the byte with k zero bytes behind it. */
const TABLES = remainders();

function remainders(): Uint32Array {
  const tables = new Uint32Array(256 * STEP);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ POLYNOMIAL;
    tables[byte] = rest;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256] as number;
    tables[at] = (before >>> 8) ^ (tables[before & 255] as number);
  }
  return tables;
}

/** The checksum of some bytes; of more than one piece, that of the pieces before goes in as `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const table = TABLES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % STEP);
  let rest = ~before;
  let at = 0;
  for (; at < whole; at += STEP) {
    const low = view.getUint32(at, true) ^ rest;
    const high = view.getUint32(at + 4, true);
    rest =
      (table[1792 + (low & 255)] as number) ^
      (table[1536 + ((low >>> 8) & 255)] as number) ^
      (table[1280 + ((low >>> 16) & 255)] as number) ^
      (table[1024 + (low >>> 24)] as number) ^
      (table[768 + (high & 255)] as number) ^
      (table[512 + ((high >>> 8) & 255)] as number) ^
      (table[256 + ((high >>> 16) & 255)] as number) ^
      (table[high >>> 24] as number);
  }
  for (; at < bytes.length; at++)
    rest = (rest >>> 8) ^ (table[(rest ^ (bytes[at] as number)) & 255] as number);
  return ~rest >>> 0;
}
