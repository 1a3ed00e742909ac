import { fromNdArray, toNdArray } from '../tensor/convert';
import type { DType } from '../tensor/dtype';
import { elementCount, type NdArray } from '../tensor/tensor';
import type { Random } from './random';

/** Kinds of inputs, each of which shows mistakes that others hide. */
export type Distribution =
  /** The common case: every tap and every channel at once. */
  | 'normal'
  /** Single pixels of single channels, corners among them: the kernel, tap by tap, without cancellation. */
  | 'impulses'
  /** Nothing: what is left is the bias. */
  | 'zero'
  /** Pixels at the edge only: padding. */
  | 'border'
  /** In [0, 1), as images often are. */
  | 'uniform'
  /** All ones: sums over kernels, and the border's shape. */
  | 'constant'
  /** Where half precision begins to overflow. */
  | 'large'
  /** Where a bias outweighs everything, and small numbers may be flushed to zero. */
  | 'tiny';

export const DISTRIBUTIONS: readonly Distribution[] = [
  'normal',
  'impulses',
  'zero',
  'border',
  'uniform',
  'constant',
  'large',
  'tiny',
];

/** One impulse in so many pixels along each axis: most 3×3 windows see one. */
const IMPULSE_SPACING = 3;

/**
 * An input of shape `dims` ([N, C, …spatial], or any other) whose numbers are exactly those of `dtype`. Integers are 0 and
 * 1 (indices and masks that any model takes).
 */
export function drawInput(
  distribution: Distribution,
  dims: readonly number[],
  dtype: DType,
  random: Random,
): NdArray {
  const data = new Float64Array(elementCount(dims));
  if (dtype.includes('float')) fillFloats(distribution, dims, dtype, data, random);
  else for (let i = 0; i < data.length; i++) data[i] = random.integer(2);
  return toNdArray(fromNdArray({ dtype, dims, data }));
}

function fillFloats(
  distribution: Distribution,
  dims: readonly number[],
  dtype: DType,
  data: Float64Array,
  random: Random,
): void {
  const each = (draw: (index: number) => number): void => {
    for (let i = 0; i < data.length; i++) data[i] = draw(i);
  };
  switch (distribution) {
    case 'normal':
      return each(() => random.normal());
    case 'uniform':
      return each(() => random.uniform());
    case 'zero':
      return;
    case 'constant':
      return each(() => 1);
    case 'large':
      return each(() => (dtype === 'float16' ? 2 ** 6 : 2 ** 14) * random.normal());
    case 'tiny':
      return each(() => (dtype === 'float16' ? 2 ** -10 : 2 ** -30) * random.normal());
    case 'impulses':
      return impulses(dims, data, random);
    case 'border':
      return border(dims, data, random);
  }
}

/** The spatial part of [N, C, …spatial]; a matrix has one pixel an image. */
function pixels(dims: readonly number[]): { images: number; channels: number; sizes: readonly number[] } {
  return { images: dims[0] ?? 1, channels: dims[1] ?? 1, sizes: dims.slice(2) };
}

function impulses(dims: readonly number[], data: Float64Array, random: Random): void {
  const { images, channels, sizes } = pixels(dims);
  const plane = elementCount(sizes);
  const put = (image: number, place: readonly number[]): void => {
    const at = place.reduce((index, position, axis) => index * (sizes[axis] ?? 1) + position, 0);
    data[(image * channels + random.integer(channels)) * plane + at] =
      random.sign() * (0.5 + random.uniform());
  };
  for (let image = 0; image < images; image++) {
    put(
      image,
      sizes.map(() => 0),
    );
    put(
      image,
      sizes.map((size) => size - 1),
    );
    for (const cell of cells(sizes)) {
      put(
        image,
        cell.map((start, axis) => Math.min((sizes[axis] ?? 1) - 1, start + random.integer(IMPULSE_SPACING))),
      );
    }
  }
}

/** Corners of the cells that an image is divided into. */
function cells(sizes: readonly number[]): readonly (readonly number[])[] {
  return sizes.reduce<readonly (readonly number[])[]>(
    (places, size) =>
      places.flatMap((place) =>
        Array.from({ length: Math.ceil(size / IMPULSE_SPACING) }, (_, i) => [...place, i * IMPULSE_SPACING]),
      ),
    [[]],
  );
}

function border(dims: readonly number[], data: Float64Array, random: Random): void {
  const { sizes } = pixels(dims);
  const plane = elementCount(sizes);
  for (let i = 0; i < data.length; i++) {
    let rest = i % plane;
    let atEdge = false;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] ?? 1;
      const position = rest % size;
      rest = Math.floor(rest / size);
      atEdge ||= position === 0 || position === size - 1;
    }
    if (atEdge) data[i] = random.normal();
  }
}
