import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Detection } from '../../core/detect/detect';
import { openModel, type Watch } from '../../core/pipeline';
import { attempt, unwrap, type Result } from '../../core/result';
import { companionFiles } from '../../platform/node/companionFiles';
import { readModelFile } from '../../platform/node/readModelFile';

/** A model file on disk, read and searched for blocks. */
export interface OpenedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly detection: Detection;
  /** Paths of the files that hold its external data. */
  readonly dataFiles: ReadonlySet<string>;
  /** Closes the files of its external data; its weights can't be read afterwards. */
  close(): void;
}

/** Opens a model file from disk. Its weights stay views of the bytes read here. */
export function openFile(path: string, watch: Watch = {}): Result<OpenedFile> {
  return attempt(() => {
    const bytes = unwrap(readModelFile(path));
    const files = companionFiles(path);
    const dataFiles = new Set<string>();
    const companions = {
      open: (name: string) => {
        dataFiles.add(join(dirname(path), name));
        return files.open(name);
      },
    };
    const opened = openModel({ fileName: path, bytes, companions }, watch);
    if (!opened.ok) files.close();
    return { path, bytes, detection: unwrap(opened), dataFiles, close: () => files.close() };
  });
}

/** Size of a file on disk, in bytes. */
export function fileSize(path: string): number {
  return statSync(path).size;
}
