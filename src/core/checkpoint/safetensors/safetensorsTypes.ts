import type { DType } from '../../tensor/dtype';

/** Element types by the format's names for them: bytes of an element, and the type that is computed with. */
export const SAFETENSORS_TYPES: ReadonlyMap<string, readonly [bits: number, dtype: DType]> = new Map([
  ['F64', [64, 'float64']],
  ['F32', [32, 'float32']],
  ['F16', [16, 'float16']],
  ['BF16', [16, 'bfloat16']],
  ['I64', [64, 'int64']],
  ['I32', [32, 'int32']],
  ['I16', [16, 'int16']],
  ['I8', [8, 'int8']],
  ['U64', [64, 'uint64']],
  ['U32', [32, 'uint32']],
  ['U16', [16, 'uint16']],
  ['U8', [8, 'uint8']],
  ['BOOL', [8, 'bool']],
  // carried through, never computed with
  ['F8_E5M2', [8, 'other']],
  ['F8_E4M3', [8, 'other']],
  ['F8_E8M0', [8, 'other']],
  ['F8_E4M3FNUZ', [8, 'other']],
  ['F8_E5M2FNUZ', [8, 'other']],
  ['F6_E2M3', [6, 'other']],
  ['F6_E3M2', [6, 'other']],
  ['F4', [4, 'other']],
  ['C64', [64, 'other']],
]);

/** The format's name for a type that is computed with. */
export function safetensorsType(dtype: DType): string | null {
  for (const [name, [, own]] of SAFETENSORS_TYPES) if (own === dtype && own !== 'other') return name;
  return null;
}
