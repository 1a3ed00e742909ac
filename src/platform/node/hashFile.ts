import { createHash } from 'node:crypto';
import type { ByteSource } from '../../core/ports';

/** A piece at a time, so that a file of gigabytes takes no more memory than this. */
const PIECE = 2 ** 24;

/** SHA-256 of bytes at hand, or of a file's, in hexadecimal. */
export function sha256(content: Uint8Array | ByteSource): string {
  const hash = createHash('sha256');
  if (content instanceof Uint8Array) return hash.update(content).digest('hex');
  for (let at = 0; at < content.size; at += PIECE)
    hash.update(content.read(at, Math.min(PIECE, content.size - at)));
  return hash.digest('hex');
}
