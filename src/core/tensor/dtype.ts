/** Element types of tensors, under the names that ONNX and PyTorch share. */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  /** Strings, complex numbers, 4- and 8-bit floats: carried through, never computed with. */
  | 'other';

const BYTES: Readonly<Record<DType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  other: 0,
};

/** Bytes of one element; 0 for `other`, whose size is not known here. */
export function bytesPerElement(dtype: DType): number {
  return BYTES[dtype];
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16';
}

/** Unit roundoff u of round-to-nearest: the largest relative error of one rounding. 0 for integers. */
export function unitRoundoff(dtype: DType): number {
  switch (dtype) {
    case 'float64':
      return 2 ** -53;
    case 'float32':
      return 2 ** -24;
    case 'float16':
      return 2 ** -11;
    case 'bfloat16':
      return 2 ** -8;
    default:
      return 0;
  }
}

/** The largest finite number of a float type. */
export function largestFinite(dtype: DType): number {
  switch (dtype) {
    case 'float16':
      return 65504;
    case 'bfloat16':
      return (2 - 2 ** -7) * 2 ** 127;
    case 'float32':
      return (2 - 2 ** -23) * 2 ** 127;
    default:
      return Number.MAX_VALUE;
  }
}
