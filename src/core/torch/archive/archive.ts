import { inflateSync } from 'fflate';
import type { ByteSource } from '../../ports';
import { raise } from '../../result';
import { readZipDirectory, type ZipEntry } from './zipDirectory';

/** The entries of a PyTorch archive, under names without the folder that PyTorch puts them all in. */
export interface Archive {
  /** In the order of the directory. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The bytes of an entry; of a stored one, read piece by piece. @throws ProblemError where there is none or it is damaged. */
  open(name: string): ByteSource;
  /** The whole of an entry of at most `limit` bytes. @throws ProblemError where it is longer. */
  read(name: string, limit: number): Uint8Array;
}

const LOCAL = { signature: 0x04034b50, size: 30 };
const STORED = 0;
const DEFLATED = 8;
/** PyTorch stores its entries; deflated ones are taken as long as they are no bombs. */
const MOST_INFLATED = 2 ** 28;
const MOST_RATIO = 1100;
const MOST_UNPACKED = 2 ** 31;

/** @throws ProblemError what is wrong with the archive's directory. */
export function openArchive(source: ByteSource): Archive {
  const entries = readZipDirectory(source);
  checkPacked([...entries.values()]);
  const root = commonFolder([...entries.keys()]);
  const found = (name: string): ZipEntry =>
    entries.get(root + name) ?? raise('bad-input', `The archive lacks "${name}"; save the model again.`);
  const open = (name: string): ByteSource => openEntry(source, found(name));
  return {
    names: [...entries.keys()].map((name) => name.slice(root.length)),
    has: (name) => entries.has(root + name),
    open,
    read(name, limit) {
      const { size } = found(name);
      if (size > limit)
        raise('unsupported', `"${name}" in the archive has ${size} bytes, more than can be read.`);
      return open(name).read(0, size);
    },
  };
}

/** All that is packed may be unpacked at once, when a model is written. */
function checkPacked(entries: readonly ZipEntry[]): void {
  const packed = entries.filter(({ method }) => method !== STORED);
  const total = packed.reduce((sum, { size }) => sum + size, 0);
  if (total > MOST_UNPACKED)
    raise(
      'unsupported',
      `The archive unpacks to ${total} bytes; save the model with PyTorch, which does not pack.`,
    );
}

/** "model/" when every entry lies in a folder "model"; '' otherwise. */
function commonFolder(names: readonly string[]): string {
  const [first = ''] = names;
  const root = first.slice(0, first.indexOf('/') + 1);
  return names.every((name) => name.startsWith(root)) ? root : '';
}

function openEntry(source: ByteSource, entry: ZipEntry): ByteSource {
  const { method, compressedSize, size, name } = entry;
  if (method !== STORED && method !== DEFLATED)
    raise(
      'unsupported',
      `"${name}" is packed by a method that is not read here; save the model with PyTorch.`,
    );
  const start = dataStart(source, entry);
  if (start + compressedSize > source.size) damaged(name, 'reaches beyond the end of the file');
  if (method === STORED) {
    if (compressedSize !== size) damaged(name, 'has two sizes');
    return {
      size,
      read(offset, length) {
        if (offset + length > size) damaged(name, 'is too short');
        return source.read(start + offset, length);
      },
    };
  }
  return inflated(source, entry, start);
}

function inflated(source: ByteSource, { compressedSize, size, name }: ZipEntry, start: number): ByteSource {
  if (size > MOST_INFLATED || size > compressedSize * MOST_RATIO)
    raise(
      'unsupported',
      `"${name}" unpacks to ${size} bytes from ${compressedSize}; save the model with PyTorch.`,
    );
  let bytes: Uint8Array | null = null;
  return {
    size,
    read(offset, length) {
      bytes ??= inflate(source.read(start, compressedSize), size, name);
      if (offset + length > size) damaged(name, 'is too short');
      return bytes.subarray(offset, offset + length);
    },
  };
}

function inflate(packed: Uint8Array, size: number, name: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    // never longer than the directory says
    bytes = inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    return damaged(name, 'cannot be unpacked');
  }
  return bytes.length === size ? bytes : damaged(name, 'is too short');
}

/** Where an entry's bytes begin: behind its local header, which has a length of its own. */
function dataStart(source: ByteSource, { header, name, method }: ZipEntry): number {
  if (header + LOCAL.size > source.size) damaged(name, 'lies outside the file');
  const bytes = source.read(header, LOCAL.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== LOCAL.signature) damaged(name, 'is not where the directory says');
  const nameLength = view.getUint16(26, true);
  const own = new TextDecoder().decode(source.read(header + LOCAL.size, nameLength));
  if (own !== name || view.getUint16(8, true) !== method) damaged(name, 'is another one where it lies');
  return header + LOCAL.size + nameLength + view.getUint16(28, true);
}

function damaged(name: string, what: string): never {
  raise('bad-input', `"${name}" in the archive ${what}; download or save the model again.`);
}
