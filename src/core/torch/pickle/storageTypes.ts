import { raise } from '../../result';
import type { DType } from '../../tensor/dtype';

/** PyTorch's names of storages in pickles, and the element type of each. */
export const STORAGE_TYPES: Readonly<Record<string, DType>> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  CharStorage: 'int8',
  ShortStorage: 'int16',
  IntStorage: 'int32',
  LongStorage: 'int64',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

const NAMES: ReadonlyMap<DType, string> = new Map(
  Object.entries(STORAGE_TYPES).map(([name, dtype]) => [dtype, name]),
);

/** The name of a storage of an element type. @throws ProblemError where PyTorch has none, with the tensor's name. */
export function storageOf(dtype: DType, tensor: string): string {
  return (
    NAMES.get(dtype) ??
    raise(
      'unsupported',
      `"${tensor}" is of type ${dtype}, which PyTorch keeps in no storage; write the model as .onnx.`,
    )
  );
}
