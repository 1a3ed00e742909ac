import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Detection } from '../../core/detect/detect';
import { openModel, type Watch } from '../../core/pipeline';
import { attempt, unwrap, type Result } from '../../core/result';
import { readModelFile } from '../../platform/node/readModelFile';
import { openSparsely, type SparseModelFile } from '../../platform/node/sparseModelFile';
import { notedCompanions } from '../notedCompanions';

/** A model file on disk, read and searched for blocks. */
export interface OpenedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly detection: Detection;
  /** Paths of the files that hold its external data. */
  readonly dataFiles: ReadonlySet<string>;
  /** Closes its files; weights that were not read yet can't be read afterwards. */
  close(): void;
}

export interface OpenFileOptions {
  /** Leaves weights unread until they are asked for: for who looks at a model and does not write it. */
  readonly sparse?: boolean;
}

/** Opens a model file from disk. Its weights stay views of the bytes read here. */
export function openFile(
  path: string,
  watch: Watch = {},
  { sparse = false }: OpenFileOptions = {},
): Result<OpenedFile> {
  return attempt(() => {
    const file = sparse ? openSparsely(path) : wholeFile(path);
    const { bytes } = file;
    const { companions, names } = notedCompanions(path);
    const opened = openModel({ fileName: path, bytes, companions, touch: file.touch }, watch);
    const close = (): void => {
      companions.close();
      file.close();
    };
    if (!opened.ok) close();
    const detection = unwrap(opened);
    return { path, bytes, detection, dataFiles: dataPaths(path, names), close };
  });
}

/** Paths of the companions with these names. */
export function dataPaths(path: string, names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...names].map((name) => join(dirname(path), name)));
}

function wholeFile(path: string): SparseModelFile {
  return { bytes: unwrap(readModelFile(path)), touch: () => undefined, close: () => undefined };
}

/** Size of a file on disk, in bytes. */
export function fileSize(path: string): number {
  return statSync(path).size;
}
