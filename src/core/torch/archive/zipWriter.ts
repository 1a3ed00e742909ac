import type { Chunk, LazyChunk } from '../../ports';
import { raise } from '../../result';
import { crc32 } from './crc32';

/** An entry to write: its name with all folders, and its bytes, at hand or computed when the writer reaches them. */
export interface ZipContent {
  readonly name: string;
  readonly content: readonly Chunk[];
}

/** PyTorch maps files into memory, and lays the bytes of each entry at a multiple of this. */
const ALIGNMENT = 64;
/** Numbers that have no room in 32 or 16 bits go into ZIP64's fields. */
const NARROW = 0xffffffff;
const SHORT = 0xffff;

/** The checksum stands behind an entry's bytes; names are UTF-8. */
const FLAGS = 0x0808;
const VERSION = 20;
const VERSION64 = 45;
/** The first of January 1980, where the format's time begins: the same model gives the same file. */
const DATE = 0x0021;

interface Entry {
  readonly name: Uint8Array;
  readonly size: number;
  readonly at: number;
  readonly wide: boolean;
  /** Known when the bytes have been written. */
  checksum: number | null;
}

/**
 * A ZIP archive as PyTorch's own writer makes it: entries stored in the order given, their bytes aligned, the checksum behind
 * them, so that nothing is computed before the writer reaches it. ZIP64 where sizes or places need it. The list may be
 * written more than once, always from its beginning.
 */
export function zipChunks(contents: readonly ZipContent[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const entries: Entry[] = [];
  let at = 0;
  for (const { name, content } of contents) {
    const size = content.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const entry: Entry = {
      name: new TextEncoder().encode(name),
      ...{ size, at, wide: size >= NARROW, checksum: null },
    };
    const header = localHeader(entry);
    const behind = late(entry.wide ? 24 : 16, () => descriptor(entry));
    chunks.push(header, ...content.map((chunk, place) => summed(chunk, entry, place === 0)), behind);
    if (content.length === 0) entry.checksum = 0;
    entries.push(entry);
    at += header.byteLength + size + behind.byteLength;
  }
  const records = entries.map((entry) => late(centralLength(entry), () => centralRecord(entry)));
  const length = records.reduce((sum, record) => sum + record.byteLength, 0);
  return [...chunks, ...records, endRecords(entries.length, length, at)];
}

/** A chunk whose bytes go into the entry's checksum as they are written. */
function summed(chunk: Chunk, entry: Entry, isFirst: boolean): LazyChunk {
  return {
    byteLength: chunk.byteLength,
    *produce() {
      if (isFirst) entry.checksum = 0;
      for (const piece of chunk instanceof Uint8Array ? [chunk] : chunk.produce()) {
        entry.checksum = crc32(piece, entry.checksum ?? 0);
        yield piece;
      }
    },
  };
}

function late(byteLength: number, bytes: () => Uint8Array): LazyChunk {
  return {
    byteLength,
    *produce() {
      yield bytes();
    },
  };
}

function checksumOf({ checksum }: Entry): number {
  return checksum ?? raise('failed', 'The archive was not written from its beginning.');
}

/** With sizes and checksum left to the descriptor, and "FB" in the place for extra fields, which fills up to the alignment. */
function localHeader({ name, at, wide }: Entry): Uint8Array {
  const fields = new Fields();
  fields.u32(0x04034b50).u16(wide ? VERSION64 : VERSION);
  fields.u16(FLAGS).u16(0).u16(0).u16(DATE).u32(0);
  fields.u32(wide ? NARROW : 0).u32(wide ? NARROW : 0);
  const extra64 = wide ? 20 : 0;
  const before = at + 30 + name.length + extra64 + 4;
  const padding = (ALIGNMENT - (before % ALIGNMENT)) % ALIGNMENT;
  fields
    .u16(name.length)
    .u16(extra64 + 4 + padding)
    .bytes(name);
  // the sizes of ZIP64 say that the descriptor has wide ones, too
  if (wide) fields.u16(1).u16(16).u64(0).u64(0);
  fields.u16(0x4246).u16(padding).bytes(new Uint8Array(padding).fill(0x5a));
  return fields.done();
}

function descriptor(entry: Entry): Uint8Array {
  const fields = new Fields().u32(0x08074b50).u32(checksumOf(entry));
  const { size, wide } = entry;
  return (wide ? fields.u64(size).u64(size) : fields.u32(size).u32(size)).done();
}

function centralLength({ name, at, wide }: Entry): number {
  const extra = (wide ? 16 : 0) + (at >= NARROW ? 8 : 0);
  return 46 + name.length + (extra === 0 ? 0 : 4 + extra);
}

function centralRecord(entry: Entry): Uint8Array {
  const { name, size, at, wide } = entry;
  const far = at >= NARROW;
  const extra = (wide ? 16 : 0) + (far ? 8 : 0);
  const version = extra === 0 ? VERSION : VERSION64;
  const fields = new Fields().u32(0x02014b50).u16(version).u16(version);
  fields.u16(FLAGS).u16(0).u16(0).u16(DATE).u32(checksumOf(entry));
  fields.u32(wide ? NARROW : size).u32(wide ? NARROW : size);
  fields.u16(name.length).u16(extra === 0 ? 0 : 4 + extra);
  fields.u16(0).u16(0).u16(0).u32(0);
  fields.u32(far ? NARROW : at).bytes(name);
  if (extra > 0) fields.u16(1).u16(extra);
  if (wide) fields.u64(size).u64(size);
  if (far) fields.u64(at);
  return fields.done();
}

/** The end of the directory, before it ZIP64's form of it, which PyTorch always writes. */
function endRecords(count: number, length: number, at: number): Uint8Array {
  const fields = new Fields();
  fields.u32(0x06064b50).u64(44).u16(VERSION64).u16(VERSION64);
  fields.u32(0).u32(0).u64(count).u64(count).u64(length).u64(at);
  fields
    .u32(0x07064b50)
    .u32(0)
    .u64(at + length)
    .u32(1);
  const short = Math.min(count, SHORT);
  fields.u32(0x06054b50).u16(0).u16(0).u16(short).u16(short);
  return fields.u32(Math.min(length, NARROW)).u32(Math.min(at, NARROW)).u16(0).done();
}

/** Little-endian numbers and bytes, one after the other. */
class Fields {
  private readonly parts: number[] = [];

  u16(value: number): this {
    this.parts.push(value & 255, (value >>> 8) & 255);
    return this;
  }

  u32(value: number): this {
    return this.u16(value & SHORT).u16(value >>> 16);
  }

  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  bytes(bytes: Uint8Array): this {
    for (const byte of bytes) this.parts.push(byte);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}
