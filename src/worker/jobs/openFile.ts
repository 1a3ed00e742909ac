import { statSync } from 'node:fs';
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
}

/** Opens a model file from disk. Its weights stay views of the bytes read here. */
export function openFile(path: string, watch: Watch = {}): Result<OpenedFile> {
  return attempt(() => {
    const bytes = unwrap(readModelFile(path));
    const detection = unwrap(openModel({ fileName: path, bytes, companions: companionFiles(path) }, watch));
    return { path, bytes, detection };
  });
}

/** Size of a file on disk, in bytes. */
export function fileSize(path: string): number {
  return statSync(path).size;
}
