import { unitRoundoff, type DType } from '../../tensor/dtype';

/** Distance between neighbouring numbers of a type at `value`: 2u·2^⌊log₂|value|⌋, and no less than its smallest number. */
export function unitInLastPlace(value: number, dtype: DType): number {
  const size = Math.abs(value);
  const least = SMALLEST[dtype] ?? 0;
  if (size === 0 || !Number.isFinite(size)) return least;
  return Math.max(least, 2 * unitRoundoff(dtype) * 2 ** Math.floor(Math.log2(size)));
}

const SMALLEST: Partial<Readonly<Record<DType, number>>> = {
  float16: 2 ** -24,
  bfloat16: 2 ** -133,
  float32: 2 ** -149,
  float64: 2 ** -1074,
};
