import { constants as buffer } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { raise } from '../../core/result';
import { raiseFileProblem } from './fileProblem';

/** A regular file, open for reading. */
export interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
  /** When it was written last, in milliseconds. */
  readonly modified: number;
}

/** One read call takes less than 2^31 bytes. */
const READ_BYTES = 2 ** 30;

/** @throws ProblemError when there is no such file, it may not be read, or it is a folder, a pipe or a device. */
export function openRegularFile(path: string): OpenFile {
  let descriptor: number;
  try {
    // a pipe would be waited for without O_NONBLOCK
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return raiseFileProblem(error, path);
  }
  const status = fstatSync(descriptor);
  if (status.isFile()) return { descriptor, size: status.size, modified: status.mtimeMs };
  closeSync(descriptor);
  if (status.isDirectory()) return raise('bad-input', `"${path}" is a folder; name a file in it.`);
  return raise('bad-input', `"${path}" is no regular file; name one.`);
}

/** Bytes [offset, offset + length) of an open file. @throws ProblemError when it has become shorter. */
export function readRange(file: OpenFile, offset: number, length: number, path: string): Uint8Array {
  if (length > buffer.MAX_LENGTH)
    raise('unsupported', `"${path}" holds a piece of ${length} bytes, too large to load.`);
  // slow: not from the pool, so that the bytes can be handed to a worker
  const buffered = Buffer.allocUnsafeSlow(length);
  const bytes = new Uint8Array(buffered.buffer, buffered.byteOffset, length);
  fill(file, bytes, { at: 0, length, offset, path });
  return bytes;
}

/** Reads bytes [from, to) of the file to the same place of `bytes`. @throws ProblemError when it has become shorter. */
export function readInto(file: OpenFile, bytes: Uint8Array, from: number, to: number, path: string): void {
  fill(file, bytes, { at: from, length: to - from, offset: from, path });
}

interface Stretch {
  /** Where in the buffer, and where in the file. */
  readonly at: number;
  readonly offset: number;
  readonly length: number;
  readonly path: string;
}

function fill({ descriptor }: OpenFile, bytes: Uint8Array, { at, offset, length, path }: Stretch): void {
  let done = 0;
  try {
    while (done < length) {
      const count = Math.min(READ_BYTES, length - done);
      const read = readSync(descriptor, bytes, at + done, count, offset + done);
      if (read === 0) break;
      done += read;
    }
  } catch (error) {
    raiseFileProblem(error, path);
  }
  if (done < length) raise('failed', `"${path}" became shorter while it was read; try again.`);
}
