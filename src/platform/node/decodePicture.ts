import { decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { Unzlib } from 'fflate';
import { MOST_PIXELS } from '../../core/inputs/limits';
import type { DecodePicture, Picture } from '../../core/inputs/picture';
import { joinBytes } from '../../core/tensor/joinBytes';

/** Chunks that say what pixels there are; profiles and texts, which may be compressed too, are left out. */
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** Decodes PNG and JPEG without a browser, bounded in memory whatever the file says. */
export const decodePicture: DecodePicture = (bytes, kind) =>
  // a throw becomes a rejection
  Promise.resolve().then(() => (kind === 'png' ? png(bytes) : jpeg(bytes)));

function jpeg(bytes: Uint8Array): Picture {
  const { width, height, data } = decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 1024,
  });
  return { width, height, rgba: data };
}

function png(bytes: Uint8Array): Picture {
  const image = decodePng(plainPng(bytes));
  const { width, height, depth, palette } = image;
  const rgba = new Uint8Array(4 * width * height);
  const samples = depth < 8 && palette === undefined ? unpacked(image) : image.data;
  const channels = palette === undefined ? image.channels : 1;
  const indices = palette === undefined ? null : unpacked(image);
  // 16 bits a sample lose the lower 8, as in a browser; less than 8 are stretched
  const shift = depth === 16 ? 8 : 0;
  const stretch = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  for (let i = 0; i < width * height; i++) {
    const colour = indices === null ? null : (palette?.[indices[i] as number] ?? [0, 0, 0, 255]);
    const at = (channel: number): number =>
      colour === null
        ? Math.round(((samples[i * channels + channel] as number) >> shift) * stretch)
        : (colour[channel] ?? 255);
    const isGrey = colour === null && channels < 3;
    const hasAlpha = colour !== null || channels === 2 || channels === 4;
    for (let channel = 0; channel < 3; channel++) rgba[4 * i + channel] = at(isGrey ? 0 : channel);
    rgba[4 * i + 3] = hasAlpha ? at(colour === null ? channels - 1 : 3) : 255;
  }
  return { width, height, rgba };
}

/** Samples of fewer than 8 bits, one a byte; rows begin at whole bytes. */
function unpacked({
  width,
  height,
  depth,
  data,
}: {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly data: ArrayLike<number>;
}): ArrayLike<number> {
  if (depth >= 8) return data;
  const perByte = 8 / depth;
  const row = Math.ceil(width / perByte);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = data[y * row + Math.floor(x / perByte)] ?? 0;
      out[y * width + x] = (byte >> (8 - depth - (x % perByte) * depth)) & (2 ** depth - 1);
    }
  return out;
}

/** The file without what does not show pixels, once it is sure that its pixels unpack to no more than they should. */
function plainPng(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [bytes.subarray(0, 8)];
  const inflate = boundedInflate(mostBytes(view));
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw new Error('it ends within a chunk');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (KEPT.has(type)) pieces.push(bytes.subarray(at, end));
    if (type === 'IDAT') inflate(bytes.subarray(at + 8, end - 4));
    if (type === 'IEND') return joinBytes(pieces);
    at = end;
  }
  throw new Error('it ends too early');
}

/** 8 bytes a pixel at most, a byte a row for its filter; interlaced there are twice the rows. */
function mostBytes(view: DataView): number {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return 8 * width * height + 4 * height + 1024;
}

function boundedInflate(most: number): (piece: Uint8Array) => void {
  let total = 0;
  const stream = new Unzlib((chunk) => {
    total += chunk.length;
    if (total > most) throw new Error('it unpacks to more than its pixels');
  });
  return (piece) => {
    // in small steps: what one step unpacks to is bounded by its size
    for (let at = 0; at < piece.length; at += 2 ** 16) stream.push(piece.subarray(at, at + 2 ** 16), false);
  };
}
