import type { ByteSource } from '../../ports';
import { raise } from '../../result';

/** An entry of a ZIP archive, as its directory says. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly header: number;
  /** The least place behind its bytes: its local header may be longer than the directory can tell. */
  readonly end: number;
}

/** Whether a file begins as a ZIP archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 3, 4].every((byte, place) => bytes[place] === byte);
}

/** A model has some thousand tensors; these are for files that only pretend. */
const MOST_ENTRIES = 200_000;
const MOST_DIRECTORY_BYTES = 2 ** 26;

const END = { signature: 0x06054b50, size: 22 };
const END64 = { signature: 0x06064b50, size: 56 };
const LOCATOR64 = { signature: 0x07064b50, size: 20 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const MOST_COMMENT = 2 ** 16 - 1;
const IN_ZIP64 = 0xffffffff;
const ZIP64_FIELD = 1;
const ENCRYPTED = 1;
const LOCAL_SIZE = 30;

/**
 * The entries of a ZIP archive by name; reads its directory only, ZIP64 included.
 * @throws ProblemError `bad-input` for a damaged archive, `unsafe-path` for a name that leads out of it, `unsupported` for
 * what is larger than any model.
 */
export function readZipDirectory(source: ByteSource): ReadonlyMap<string, ZipEntry> {
  const { count, at, length, end: behind } = findDirectory(source);
  if (count > MOST_ENTRIES || length > MOST_DIRECTORY_BYTES)
    raise('unsupported', `The archive lists ${count} entries, more than a model can have.`);
  if (at + length > behind) damaged('its directory lies outside the file');
  const bytes = piece(source, at, length);
  const view = viewOf(bytes);
  const entries = new Map<string, ZipEntry>();
  let next = 0;
  for (let index = 0; index < count; index++) {
    if (next + CENTRAL.size > length || view.getUint32(next, true) !== CENTRAL.signature)
      damaged(`its directory ends after ${index} of ${count} entries`);
    const nameLength = view.getUint16(next + 28, true);
    const extraLength = view.getUint16(next + 30, true);
    const end = next + CENTRAL.size + nameLength + extraLength + view.getUint16(next + 32, true);
    if (end > length) damaged('an entry of its directory is cut off');
    const name = new TextDecoder().decode(
      bytes.subarray(next + CENTRAL.size, next + CENTRAL.size + nameLength),
    );
    checkName(name);
    if (entries.has(name)) damaged(`it holds "${name}" twice`);
    const extra = next + CENTRAL.size + nameLength;
    entries.set(name, entryAt(view, next, name, { from: extra, to: extra + extraLength, nameLength }));
    next = end;
  }
  checkPlaces([...entries.values()], at);
  return entries;
}

interface Directory {
  readonly count: number;
  readonly at: number;
  readonly length: number;
}

function findDirectory(source: ByteSource): Directory & { readonly end: number } {
  const tail = Math.min(source.size, END.size + MOST_COMMENT);
  const start = source.size - tail;
  const view = viewOf(piece(source, start, tail));
  for (let at = tail - END.size; at >= 0; at--) {
    if (view.getUint32(at, true) !== END.signature) continue;
    if (at + END.size + view.getUint16(at + 20, true) > tail) continue;
    const directory = {
      count: view.getUint16(at + 10, true),
      length: view.getUint32(at + 12, true),
      at: view.getUint32(at + 16, true),
    };
    return { ...(findDirectory64(source, start + at) ?? directory), end: start + at };
  }
  return damaged('the end of its directory is missing');
}

/** The directory as ZIP64 says it, where its locator stands before the end record. */
function findDirectory64(source: ByteSource, end: number): Directory | null {
  const at = end - LOCATOR64.size;
  if (at < 0) return null;
  const locator = viewOf(piece(source, at, LOCATOR64.size));
  if (locator.getUint32(0, true) !== LOCATOR64.signature) return null;
  const record = viewOf(piece(source, uint64(locator, 8), END64.size));
  if (record.getUint32(0, true) !== END64.signature) return damaged('its ZIP64 record is missing');
  return { count: uint64(record, 32), length: uint64(record, 40), at: uint64(record, 48) };
}

function entryAt(
  view: DataView,
  at: number,
  name: string,
  extra: { readonly from: number; readonly to: number; readonly nameLength: number },
): ZipEntry {
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0)
    raise('unsupported', `"${name}" in the archive is encrypted; save the model without a password.`);
  const fields = { compressedSize: 20, size: 24, header: 42 };
  const value = (field: number): number => view.getUint32(at + field, true);
  let from64 = zip64Field(view, extra.from, extra.to);
  const wide = (field: number): number => {
    const narrow = value(field);
    if (narrow !== IN_ZIP64 || from64 === null) return narrow;
    if (from64.at + 8 > from64.to) return damaged(`the ZIP64 sizes of "${name}" are cut off`);
    const wider = uint64(view, from64.at);
    from64 = { at: from64.at + 8, to: from64.to };
    return wider;
  };
  // the order of the ZIP64 field: size, compressed size, place
  const size = wide(fields.size);
  const compressedSize = wide(fields.compressedSize);
  const header = wide(fields.header);
  const end = header + LOCAL_SIZE + extra.nameLength + compressedSize;
  return { name, method: view.getUint16(at + 10, true), compressedSize, size, header, end };
}

/** No two entries share bytes, and none reaches into the directory: a small file could unpack to any size. */
function checkPlaces(entries: readonly ZipEntry[], directory: number): void {
  const placed = [...entries].sort((a, b) => a.header - b.header);
  placed.forEach(({ name, end }, place) => {
    const next = placed[place + 1];
    if (end > (next?.header ?? directory))
      damaged(`"${name}" lies over ${next === undefined ? 'its directory' : `"${next.name}"`}`);
  });
}

function zip64Field(
  view: DataView,
  from: number,
  to: number,
): { readonly at: number; readonly to: number } | null {
  for (let at = from; at + 4 <= to;) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === ZIP64_FIELD) return { at: at + 4, to: Math.min(to, at + 4 + length) };
    at += 4 + length;
  }
  return null;
}

/** Nothing is ever unpacked to disk; a name that would lead elsewhere is still no name of a model's part. */
function checkName(name: string): void {
  const leaves = name.split('/').includes('..') || name.startsWith('/') || /^[a-z]:/i.test(name);
  if (name === '' || leaves || name.includes('\\') || name.includes('\0'))
    raise('unsafe-path', `"${name}" leads out of the archive; the file was not written by PyTorch.`);
}

function uint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : damaged('a size in it is impossible');
}

/** @throws ProblemError `bad-input` where the file is shorter. */
function piece(source: ByteSource, offset: number, length: number): Uint8Array {
  if (offset + length > source.size) damaged('its directory lies outside the file');
  return source.read(offset, length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(what: string): never {
  raise('bad-input', `The archive is damaged (${what}); download or save it again.`);
}
