import { closeSync } from 'node:fs';
import { openRegularFile, readInto, type OpenFile } from './openFile';
import { PagedFile } from './pagedFile';
import { checkSize, isArchive } from './readModelFile';

/**
 * A model file of which only the structure is read: looking for blocks reads no weights, and those are nearly all of the file.
 * The large payloads stay holes until somebody asks for them. What is no ONNX file, or is damaged, is read whole, so that
 * whoever decodes it can say what is wrong.
 */
export interface SparseModelFile {
  /** As long as the file; not read yet where a hole is. */
  readonly bytes: Uint8Array;
  /** Reads what of `view`, a part of `bytes`, is not there yet. @throws ProblemError when the file can't be read. */
  touch(view: Uint8Array): void;
  close(): void;
}

/** Payloads from this size on become holes, and so much is read at once: a read call costs as much as these bytes. */
const LEAST_HOLE = 2 ** 16;

/** @throws ProblemError when there is no such file or it can't be read. @param leastHole in bytes; tests make it small. */
export function openSparsely(path: string, leastHole = LEAST_HOLE): SparseModelFile {
  const file = openRegularFile(path);
  try {
    if (isArchive(file, path)) return archivePages(file, path);
    checkSize(file, path);
    // zeros, which the system hands out lazily: a hole costs no memory and never shows what was there before
    const bytes = new Uint8Array(file.size);
    const walk = new StructureWalk(bytes, file, path, leastHole);
    walk.run();
    return { bytes, touch: (view) => walk.touch(view), close: () => closeSync(file.descriptor) };
  } catch (error) {
    closeSync(file.descriptor);
    throw error;
  }
}

/** An archive is read where its directory says, and its weights not at all. */
function archivePages(file: OpenFile, path: string): SparseModelFile {
  const pages = new PagedFile(file, path);
  // what tells the kind of file
  pages.touch(pages.bytes.subarray(0, Math.min(file.size, 16)));
  return {
    bytes: pages.bytes,
    touch: (view) => pages.touch(view),
    close: () => closeSync(file.descriptor),
  };
}

interface Hole {
  readonly from: number;
  readonly to: number;
}

/** Field numbers of ONNX: model.graph, graph.initializer, tensor.raw_data. */
const PATH = [7, 5, 9];
const LENGTH_DELIMITED = 2;

class StructureWalk {
  private loaded = 0;
  private holes: Hole[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: OpenFile,
    private readonly path: string,
    private readonly leastHole: number,
  ) {}

  run(): void {
    this.message(0, this.file.size, 0);
    this.load(this.file.size);
  }

  touch(view: Uint8Array): void {
    const [from, to] = [view.byteOffset, view.byteOffset + view.byteLength];
    const touched = this.holes.filter((hole) => hole.from < to && hole.to > from);
    if (touched.length === 0) return;
    for (const hole of touched) readInto(this.file, this.bytes, hole.from, hole.to, this.path);
    this.holes = this.holes.filter((hole) => !touched.includes(hole));
  }

  /** Walks the records of a message; false where something is no record, and the walk ends. */
  private message(from: number, to: number, depth: number): boolean {
    let at = from;
    while (at < to) {
      const tag = this.varint(at, to);
      if (tag === null) return false;
      at = tag.next;
      const wireType = tag.value % 8;
      const value = wireType === 0 || wireType === LENGTH_DELIMITED ? this.varint(at, to) : null;
      if (wireType === 1 || wireType === 5) at += wireType === 1 ? 8 : 4;
      else if (value === null) return false;
      else if (wireType === 0) at = value.next;
      else {
        const end = value.next + value.value;
        if (end > to) return false;
        if (!this.payload(Math.floor(tag.value / 8), value.next, end, depth)) return false;
        at = end;
      }
    }
    return true;
  }

  private payload(field: number, from: number, end: number, depth: number): boolean {
    if (field !== PATH[depth]) return true;
    if (depth < PATH.length - 1) return this.message(from, end, depth + 1);
    if (end - from < this.leastHole) return true;
    this.load(from);
    // what was read ahead is no hole any more
    const start = Math.max(from, this.loaded);
    if (start < end) this.holes.push({ from: start, to: end });
    this.loaded = Math.max(this.loaded, end);
    return true;
  }

  private varint(from: number, to: number): { readonly value: number; readonly next: number } | null {
    let value = 0;
    for (let at = from, factor = 1; at < to && at < from + 10; at++, factor *= 128) {
      if (at >= this.loaded) this.load(Math.min(this.file.size, at + this.leastHole));
      const byte = this.bytes[at] as number;
      value += (byte % 128) * factor;
      if (byte < 128) return value <= Number.MAX_SAFE_INTEGER ? { value, next: at + 1 } : null;
    }
    return null;
  }

  /** Reads on up to `to`. */
  private load(to: number): void {
    if (to <= this.loaded) return;
    readInto(this.file, this.bytes, this.loaded, to, this.path);
    this.loaded = to;
  }
}
