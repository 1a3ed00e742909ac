import type { DType } from '../tensor/dtype';
import { TensorProto_DataType as Code } from './schema/onnx_pb';

/** ONNX's numbers for element types ⇄ the names used here. */

const CODES: Readonly<Partial<Record<DType, Code>>> = {
  float32: Code.FLOAT,
  float64: Code.DOUBLE,
  float16: Code.FLOAT16,
  bfloat16: Code.BFLOAT16,
  int8: Code.INT8,
  int16: Code.INT16,
  int32: Code.INT32,
  int64: Code.INT64,
  uint8: Code.UINT8,
  uint16: Code.UINT16,
  uint32: Code.UINT32,
  uint64: Code.UINT64,
  bool: Code.BOOL,
};

const DTYPES: ReadonlyMap<number, DType> = new Map(
  Object.entries(CODES).map(([dtype, code]) => [code, dtype as DType]),
);

/** Bits of one element of the types that are carried through but not computed with; strings have none. */
const OPAQUE_BITS: ReadonlyMap<number, number> = new Map([
  [Code.COMPLEX64, 64],
  [Code.COMPLEX128, 128],
  [Code.FLOAT8E4M3FN, 8],
  [Code.FLOAT8E4M3FNUZ, 8],
  [Code.FLOAT8E5M2, 8],
  [Code.FLOAT8E5M2FNUZ, 8],
  [Code.FLOAT8E8M0, 8],
  [Code.UINT4, 4],
  [Code.INT4, 4],
  [Code.FLOAT4E2M1, 4],
  [Code.UINT2, 2],
  [Code.INT2, 2],
]);

/** The name of an element type; `other` for those that are carried through only. */
export function dtypeOf(code: number): DType {
  return DTYPES.get(code) ?? 'other';
}

/** ONNX's number of an element type; UNDEFINED for `other`. */
export function dataTypeOf(dtype: DType): Code {
  return CODES[dtype] ?? Code.UNDEFINED;
}

/** Bits of one element of an opaque type; null where they are not known (strings, types newer than this code). */
export function opaqueBits(code: number): number | null {
  return OPAQUE_BITS.get(code) ?? null;
}

/** The schema's own name of an element type, or its number where the schema has none. */
export function dataTypeName(code: number): string {
  return Code[code] ?? `type ${code}`;
}
