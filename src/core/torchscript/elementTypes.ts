import type { DType } from '../tensor/dtype';

/** PyTorch's numbers for element types, as scripts have them: others than in exported programs. */
const CODES: readonly (readonly [number, DType])[] = [
  [0, 'uint8'],
  [1, 'int8'],
  [2, 'int16'],
  [3, 'int32'],
  [4, 'int64'],
  [5, 'float16'],
  [6, 'float32'],
  [7, 'float64'],
  [11, 'bool'],
  [15, 'bfloat16'],
  [27, 'uint16'],
  [28, 'uint32'],
  [29, 'uint64'],
];

/** `other` for complex numbers and 8-bit floats. */
export function elementType(code: number): DType {
  return CODES.find(([one]) => one === code)?.[1] ?? 'other';
}

/** Null for `other`. */
export function elementCode(dtype: DType): number | null {
  return CODES.find(([, one]) => one === dtype)?.[0] ?? null;
}
