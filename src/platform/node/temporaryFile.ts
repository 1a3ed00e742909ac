import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fsyncSync, openSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ByteSink } from '../../core/ports';
import { BufferedSink } from './bufferedSink';
import { raiseFileProblem, systemCode } from './fileProblem';

/** A file with all its bytes safely on the disk, still under a hidden name beside the one it is for. */
export interface TemporaryFile {
  readonly path: string;
  readonly bytes: number;
}

export type WriteContent = (sink: ByteSink) => void | Promise<void>;

/** Room for the dots, the random part and the ending in a name of at most 255 bytes. */
const NAME_BYTES = 200;

/**
 * Writes the content to `.<name>.<random>.tmp` beside `target` and waits for the disk. Nothing is left behind when
 * that fails. @throws ProblemError what the system says, or what `write` throws.
 */
export async function writeTemporaryFile(target: string, write: WriteContent): Promise<TemporaryFile> {
  const name = temporaryName(basename(target));
  const path = join(dirname(target), `.${name}.${randomBytes(6).toString('hex')}.tmp`);
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
  } catch (error) {
    return raiseFileProblem(error, target);
  }
  let complete = false;
  try {
    keepMode(descriptor, target);
    const sink = new BufferedSink(descriptor);
    await write(sink);
    sink.flush();
    fsyncSync(descriptor);
    complete = true;
    return { path, bytes: sink.bytes };
  } catch (error) {
    return raiseFileProblem(error, target);
  } finally {
    closeSync(descriptor);
    if (!complete) removeQuietly(path);
  }
}

/** The part of a temporary file's name that says what it is for. */
export function temporaryName(name: string): string {
  return Buffer.from(name)
    .subarray(0, NAME_BYTES)
    .toString('latin1')
    .replace(/[^\w.-]/g, '_');
}

/** Removes a file that may be gone already: the end of a failure, whose own reason is what the user should hear. */
export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) === null) throw error;
  }
}

/** A replaced file keeps the permissions it had. */
function keepMode(descriptor: number, target: string): void {
  const before = statSync(target, { throwIfNoEntry: false });
  if (before !== undefined) fchmodSync(descriptor, before.mode & 0o777);
}
