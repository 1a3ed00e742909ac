import { closeSync } from 'node:fs';
import { attempt, raise, type Result } from '../../core/result';
import { openRegularFile, readRange } from './openFile';

/** Protobuf's limit for one message. */
const MOST_BYTES = 2 ** 31 - 1;

/** The whole of a model file. The problem names the file and what to do: not there, a folder, unreadable, too large. */
export function readModelFile(path: string): Result<Uint8Array> {
  return attempt(() => {
    const file = openRegularFile(path);
    try {
      if (file.size > MOST_BYTES) {
        const gigabytes = (file.size / 2 ** 30).toFixed(1);
        raise(
          'unsupported',
          `"${path}" has ${gigabytes} GB, more than the 2 GB a single model file can have; save it with external data.`,
        );
      }
      return readRange(file, 0, file.size, path);
    } finally {
      closeSync(file.descriptor);
    }
  });
}
