import { constants as buffer } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { raise } from '../../core/result';
import { raiseFileProblem } from './fileProblem';

/** A regular file, open for reading. */
export interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
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
  if (status.isFile()) return { descriptor, size: status.size };
  closeSync(descriptor);
  if (status.isDirectory()) return raise('bad-input', `"${path}" is a folder; name a file in it.`);
  return raise('bad-input', `"${path}" is no regular file; name one.`);
}

/** Bytes [offset, offset + length) of an open file. @throws ProblemError when it has become shorter. */
export function readRange(file: OpenFile, offset: number, length: number, path: string): Uint8Array {
  if (length > buffer.MAX_LENGTH)
    raise('unsupported', `"${path}" holds a piece of ${length} bytes, too large to load.`);
  // slow: not from the pool, so that the bytes can be handed to a worker
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  try {
    while (at < length) {
      const read = readSync(file.descriptor, bytes, at, Math.min(READ_BYTES, length - at), offset + at);
      if (read === 0) break;
      at += read;
    }
  } catch (error) {
    raiseFileProblem(error, path);
  }
  if (at < length) raise('failed', `"${path}" became shorter while it was read; try again.`);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
}
