import type { NdArray } from '../tensor/tensor';
import { ndArray } from './strided';

/**
 * What is known of how far a runtime of unit roundoff u may be from a value v:
 * |computed − v| ≤ γ_{products + depth}(u) · magnitude, element by element, for any order of summation.
 */
export interface Magnitude {
  /** The value computed with every number replaced by its size and every minus by a plus. */
  readonly magnitude: NdArray;
  /**
   * Products summed into one output element, added up along the worst path: Cin/group · ∏k for a Conv, k for a
   * matrix product, the window for a pooling, 1 for a scale or a BN.
   */
  readonly products: number;
  /**
   * All other roundings one after the other along the worst path: 1 for an addition or a bias, terms − 1 for a Sum,
   * 7 for a BN (a runtime may compute t = γ/√(σ² + ε) and β − μt first), 1 for a cast.
   */
  readonly depth: number;
}

/** A value under analysis. */
export interface Tracked extends Magnitude {
  /** The numbers themselves, if they don't depend on what is fed. */
  readonly constant: NdArray | null;
}

/** The sizes of the numbers; the array itself where none is negative, as what a magnitude is computed of mostly is. */
export function absolute(array: NdArray): NdArray {
  const { data } = array;
  let first = 0;
  while (first < data.length && !((data[first] as number) < 0)) first++;
  if (first === data.length) return array;
  const sizes = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) sizes[i] = Math.abs(data[i] as number);
  return ndArray(array.dtype, array.dims, sizes);
}

/** A constant that is in the file, or an integer computed from such: no rounding yet. */
export function exact(array: NdArray): Tracked {
  return { constant: array, magnitude: absolute(array), products: 0, depth: 0 };
}

/** How many roundings its error is worth. */
export function roundings(value: Magnitude): number {
  return value.products + value.depth;
}

/**
 * The roundings that a constant's *relative* error is worth: more than its own where terms cancelled, since γ_n counts
 * against the magnitude and κ·γ_n ≤ γ_{κn}.
 */
export function relativeRoundings(value: Tracked): number {
  const own = roundings(value);
  if (own === 0 || value.constant === null) return own;
  const { data } = value.constant;
  const worst = value.magnitude.data.reduce((most, size, i) => {
    return size === 0 ? most : Math.max(most, size / Math.abs(data[i] as number));
  }, 1);
  return Math.ceil(own * worst);
}
