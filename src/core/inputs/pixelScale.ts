/** What becomes of a pixel's 0 to 255. */
export type PixelScale =
  /** As it is. */
  | 'raw'
  /** Divided by 255. */
  | 'unit'
  /** Divided by 255, then normalised by ImageNet's mean and standard deviation of each channel. */
  | 'imagenet';

export const PIXEL_SCALES: readonly PixelScale[] = ['unit', 'imagenet', 'raw'];
