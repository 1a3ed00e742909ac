import { raise } from '../result';
import { MOST_PIXELS } from './limits';

/** A decoded picture: 8-bit red, green, blue, alpha of each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** Decodes a PNG or JPEG file. Rejects with any error for a damaged one. */
export type DecodePicture = (bytes: Uint8Array, kind: PictureKind) => Promise<Picture>;

export type PictureKind = 'png' | 'jpeg';

/** By content; null for anything else. */
export function pictureKind(bytes: Uint8Array): PictureKind | null {
  const begins = (...start: readonly number[]): boolean =>
    start.every((byte, index) => bytes[index] === byte);
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  return begins(0xff, 0xd8, 0xff) ? 'jpeg' : null;
}

/**
 * Decodes a picture whose header does not promise more pixels than there may be.
 * @throws ProblemError `bad-input` for a damaged file, `unsupported` for one that is too large.
 */
export async function readPicture(
  bytes: Uint8Array,
  kind: PictureKind,
  name: string,
  decode: DecodePicture,
): Promise<Picture> {
  const size = kind === 'png' ? pngSize(bytes) : jpegSize(bytes);
  if (size === null) raise('bad-input', `"${name}" is damaged: it does not say its size.`);
  if (size.width * size.height > MOST_PIXELS)
    raise('unsupported', `"${name}" has ${size.width}×${size.height} pixels; make it smaller.`);
  if (size.width * size.height === 0) raise('bad-input', `"${name}" is damaged: it has no pixels.`);
  try {
    return await decode(bytes, kind);
  } catch (error) {
    const words = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
    return raise('bad-input', `"${name}" can't be decoded: ${words.replace(/\.+$/, '')}.`);
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** IHDR is the first chunk. */
function pngSize(bytes: Uint8Array): Size | null {
  if (bytes.length < 33) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Of the first start-of-frame segment. */
function jpegSize(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    // fill bytes, and markers without a segment
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}
