import type { DType } from '../../tensor/dtype';

/** PyTorch's numbers for element types, as the schema of exported programs has them. */
const SCALAR_TYPES: ReadonlyMap<number, DType> = new Map<number, DType>([
  [1, 'uint8'],
  [2, 'int8'],
  [3, 'int16'],
  [4, 'int32'],
  [5, 'int64'],
  [6, 'float16'],
  [7, 'float32'],
  [8, 'float64'],
  [12, 'bool'],
  [13, 'bfloat16'],
  [28, 'uint16'],
  [34, 'uint32'],
  [35, 'uint64'],
]);

/** `other` for complex numbers and 8-bit floats. */
export function scalarType(code: number): DType {
  return SCALAR_TYPES.get(code) ?? 'other';
}

/** PyTorch's number for an element type; null for `other`. */
export function scalarCode(dtype: DType): number | null {
  for (const [code, type] of SCALAR_TYPES) if (type === dtype) return code;
  return null;
}
