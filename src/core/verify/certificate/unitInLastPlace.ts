import { unitRoundoff, type DType } from '../../tensor/dtype';

/** Distance between neighbouring numbers of a type at `value`: 2u·2^⌊log₂|value|⌋, and no less than its smallest number. */
export function unitInLastPlace(value: number, dtype: DType): number {
  return lastPlace(value, 2 * unitRoundoff(dtype), smallestNumber(dtype));
}

/** The same for millions of numbers of one type. @param spacing the distance between the numbers from 1 on: 2u. */
export function lastPlace(value: number, spacing: number, least: number): number {
  bits.value[0] = value;
  const high = (bits.words[HIGH] as number) & EXPONENT;
  if (high === EXPONENT) return least;
  bits.words[HIGH] = high;
  bits.words[1 - HIGH] = 0;
  const size = spacing * (bits.value[0] as number);
  return size > least ? size : least;
}

/** The smallest number of a type above 0; 0 for types without one. */
export function smallestNumber(dtype: DType): number {
  return SMALLEST[dtype] ?? 0;
}

/** A float64 without sign and fraction is the power of two below it, and a logarithm takes many times as long. */
const EXPONENT = 0x7ff00000;
const shared = new Float64Array(1);
const bits = { value: shared, words: new Uint32Array(shared.buffer) };
/** Which of the two words holds the exponent. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

const SMALLEST: Partial<Readonly<Record<DType, number>>> = {
  float16: 2 ** -24,
  bfloat16: 2 ** -133,
  float32: 2 ** -149,
  float64: 2 ** -1074,
};
