import { fstatSync } from 'node:fs';
import { raise } from '../../core/result';
import { readInto, type OpenFile } from './openFile';

/** So much is read at once: a read call costs as much as these bytes. */
const PAGE = 2 ** 16;

/** A file of which only the pages are read that somebody asks for; the rest are zeros, which cost no memory. */
export class PagedFile {
  readonly bytes: Uint8Array;
  private readonly loaded: Uint8Array;

  constructor(
    private readonly file: OpenFile,
    private readonly path: string,
  ) {
    this.bytes = reserved(file.size, path);
    this.loaded = new Uint8Array(Math.ceil(file.size / PAGE));
  }

  /** Reads the pages under `view`, a part of `bytes`. @throws ProblemError when the file can't be read or is another one by now. */
  touch(view: Uint8Array): void {
    if (view.byteLength === 0) return;
    const last = Math.floor((view.byteOffset + view.byteLength - 1) / PAGE);
    for (let page = Math.floor(view.byteOffset / PAGE); page <= last; page++) {
      if (this.loaded[page] === 1) continue;
      this.checkUnchanged();
      let end = page + 1;
      while (end <= last && this.loaded[end] === 0) end++;
      readInto(this.file, this.bytes, page * PAGE, Math.min(end * PAGE, this.file.size), this.path);
      this.loaded.fill(1, page, end);
    }
  }

  /** Pages of two files, one written over the other, would make numbers that neither has. */
  private checkUnchanged(): void {
    const { size, mtimeMs } = fstatSync(this.file.descriptor);
    if (size === this.file.size && mtimeMs === this.file.modified) return;
    raise('failed', `"${this.path}" has changed since it was opened; open it again.`);
  }
}

/** Zeros, which cost no memory before they are written to. @throws ProblemError for more than an array can hold. */
function reserved(size: number, path: string): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return raise('unsupported', `"${path}" has ${(size / 2 ** 30).toFixed(1)} GB, too large to open here.`);
  }
}
