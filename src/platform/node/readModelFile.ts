import { closeSync } from 'node:fs';

import { attempt, raise, type Result } from '../../core/result';
import { isSafetensors } from '../../core/checkpoint/safetensors/readSafetensors';
import { isZip } from '../../core/torch/archive/zipDirectory';
import { openRegularFile, readRange, type OpenFile } from './openFile';

/** Protobuf's limit for one message; an archive and a safetensors file have none. */
const MOST_BYTES = 2 ** 31 - 1;

/** @throws ProblemError for a file that is longer than a message may be. */
export function checkSize({ size }: OpenFile, path: string): void {
  if (size <= MOST_BYTES) return;
  const gigabytes = (size / 2 ** 30).toFixed(1);
  raise(
    'unsupported',
    `"${path}" has ${gigabytes} GB, more than the 2 GB a single model file can have; save it with external data.`,
  );
}

/** Whether a file is read where its directory or header says: PyTorch's archives, and safetensors. */
export function isArchive(file: OpenFile, path: string): boolean {
  const start = readRange(file, 0, Math.min(file.size, HEAD_BYTES), path);
  return isZip(start) || isSafetensors(start);
}

/** As much as tells what a file is. */
const HEAD_BYTES = 16;

/** The whole of a model file. The problem names the file and what to do: not there, a folder, unreadable, too large. */
export function readModelFile(path: string): Result<Uint8Array> {
  return attempt(() => {
    const file = openRegularFile(path);
    try {
      if (!isArchive(file, path)) checkSize(file, path);
      return readRange(file, 0, file.size, path);
    } finally {
      closeSync(file.descriptor);
    }
  });
}
