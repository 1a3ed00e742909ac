import type { DecodePicture } from '../../core/inputs/picture';

/** The little of a browser's canvas that is used; the libraries of this project's types have none in workers. */
interface Canvas {
  getContext(kind: '2d', options: { willReadFrequently: boolean }): Context | null;
}

interface Context {
  drawImage(image: unknown, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

interface Browser {
  readonly OffscreenCanvas: new (width: number, height: number) => Canvas;
  createImageBitmap(blob: Blob, options: Readonly<Record<string, string>>): Promise<Bitmap>;
}

/** Decodes PNG and JPEG by the browser, without colour management, so that pixels are those of the file. */
export const decodePicture: DecodePicture = async (bytes, kind) => {
  const browser = globalThis as unknown as Browser;
  const blob = new Blob([new Uint8Array(bytes)], { type: `image/${kind}` });
  const bitmap = await browser.createImageBitmap(blob, {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'none',
  });
  try {
    const { width, height } = bitmap;
    const context = new browser.OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('there is no canvas here');
    context.drawImage(bitmap, 0, 0);
    return { width, height, rgba: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
};
