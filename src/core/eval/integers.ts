import type { DType } from '../tensor/dtype';
import { isFloat } from '../tensor/dtype';

const LIMITS: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2 ** 64],
};

/**
 * The result of an integer operation as its type holds it: types up to 32 bits wrap around, as machines do; 64-bit
 * ones, held as float64 here, stop at their extremes (INT64_MAX stands for "to the end" and must stay large).
 * The identity for float types.
 */
export function wrapInteger(dtype: DType): (value: number) => number {
  switch (dtype) {
    case 'int8':
      return (value) => (value << 24) >> 24;
    case 'int16':
      return (value) => (value << 16) >> 16;
    case 'int32':
      return (value) => value | 0;
    case 'uint8':
      return (value) => value & 0xff;
    case 'uint16':
      return (value) => value & 0xffff;
    case 'uint32':
      return (value) => value >>> 0;
    default:
      return isFloat(dtype) ? (value) => value : clampInteger(dtype);
  }
}

/** Stops at the type's extremes; NaN becomes 0. The identity for float types and bool. */
export function clampInteger(dtype: DType): (value: number) => number {
  const limits = LIMITS[dtype];
  if (limits === undefined) return (value) => value;
  const [least, most] = limits;
  return (value) => (Number.isNaN(value) ? 0 : Math.min(most, Math.max(least, value)));
}
