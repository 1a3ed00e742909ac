import { raise } from '../result';
import type { DType } from '../tensor/dtype';
import { elementCount, type NdArray } from '../tensor/tensor';
import { MOST_ELEMENTS } from './limits';
import type { Picture } from './picture';
import type { PixelScale } from './pixelScale';
import { resizePlane } from './resizePlane';

const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** How a model wants its picture. */
export interface PictureInput {
  readonly name: string;
  readonly dtype: DType;
  /** [N, C, H, W], or [N, H, W, C] with C of 1, 3 or 4. */
  readonly dims: readonly number[];
}

/**
 * A picture as a model's input: made the model's size (bilinear, pixel centres, no cropping), grey or colours as it has channels, each image
 * of a batch the same. An alpha channel counts only where the model has four.
 * @throws ProblemError `bad-input` for a model that takes no picture.
 */
export function pictureTensor(
  picture: Picture,
  { name, dtype, dims }: PictureInput,
  scale: PixelScale,
  file: string,
): NdArray {
  const layout = dtype.includes('float') || dtype === 'uint8' ? pictureLayout(dims) : null;
  if (layout === null) {
    const shape = `${dtype} ${dims.join('×')}`;
    raise(
      'bad-input',
      `"${file}" is a picture, but input "${name}" is ${shape}, no batch of pictures; give an .npy or .npz file.`,
    );
  }
  const { batch, channels, height, width, isLast } = layout;
  if (elementCount(dims) > MOST_ELEMENTS)
    raise('unsupported', `Input "${name}" of ${dims.join('×')} is too large for a picture here.`);
  const planes = Array.from({ length: channels }, (_, channel) =>
    scaled(resizePlane(plane(picture, channels, channel), picture, { width, height }), channel, {
      scale: dtype === 'uint8' ? 'raw' : scale,
      channels,
    }),
  );
  const data = new Float64Array(elementCount(dims));
  const area = height * width;
  for (let image = 0; image < batch; image++)
    planes.forEach((values, channel) => {
      const from = image * channels * area;
      for (let i = 0; i < area; i++)
        data[isLast ? from + i * channels + channel : from + channel * area + i] = values[i] as number;
    });
  // half precision is rounded where it is handed to a runtime, as every sample is
  return { dtype, dims, data: dtype === 'uint8' ? data.map(Math.round) : data };
}

interface Layout {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Whether the channels come last. */
  readonly isLast: boolean;
}

/** null for dims that are no batch of grey, colour or colour-and-alpha pictures. */
export function pictureLayout(dims: readonly (number | string)[]): Layout | null {
  const [batch, second, third, fourth] = dims;
  if (dims.length !== 4) return null;
  const size = (dim: number | string | undefined): number => (typeof dim === 'number' ? dim : 0);
  const isPicture = (dim: number | string | undefined): boolean => dim === 1 || dim === 3 || dim === 4;
  if (isPicture(second)) {
    const channels = size(second);
    return { batch: size(batch), channels, height: size(third), width: size(fourth), isLast: false };
  }
  if (!isPicture(fourth)) return null;
  return {
    batch: size(batch),
    channels: size(fourth),
    height: size(second),
    width: size(third),
    isLast: true,
  };
}

/** One channel of a picture, or its grey, by pixel. */
function plane({ rgba }: Picture, channels: number, channel: number): (pixel: number) => number {
  if (channels > 1) return (pixel) => rgba[4 * pixel + channel] as number;
  // the weights of ITU-R BT.601, as most image libraries take
  return (pixel) =>
    0.299 * (rgba[4 * pixel] as number) +
    0.587 * (rgba[4 * pixel + 1] as number) +
    0.114 * (rgba[4 * pixel + 2] as number);
}

function scaled(
  values: Float64Array,
  channel: number,
  { scale, channels }: { readonly scale: PixelScale; readonly channels: number },
): Float64Array {
  if (scale === 'raw') return values;
  const isNormal = scale === 'imagenet' && channel < 3;
  const mean = isNormal ? (channels === 1 ? average(MEAN) : (MEAN[channel] ?? 0)) : 0;
  const deviation = isNormal ? (channels === 1 ? average(DEVIATION) : (DEVIATION[channel] ?? 1)) : 1;
  return values.map((value) => (value / 255 - mean) / deviation);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
