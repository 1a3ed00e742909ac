import { closeSync } from 'node:fs';
import { basename } from 'node:path';
import type { InputFile } from '../../core/inputs/readSamples';
import { MOST_FILE_BYTES } from '../../core/inputs/limits';
import { raise } from '../../core/result';
import { openRegularFile, readRange } from './openFile';

/** An input that somebody named. @throws ProblemError when it is not there, can't be read or is too large. */
export function readInputFile(path: string): InputFile {
  const file = openRegularFile(path);
  try {
    if (file.size > MOST_FILE_BYTES)
      raise('unsupported', `"${path}" has more than ${MOST_FILE_BYTES / 2 ** 20} MB; give a smaller file.`);
    return { name: basename(path), bytes: readRange(file, 0, file.size, path) };
  } finally {
    closeSync(file.descriptor);
  }
}
