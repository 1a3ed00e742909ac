import { dataTypeOf } from '../../onnx/dataTypes';
import type { DType } from '../../tensor/dtype';
import { Unlowerable } from './unlowerable';

/** The number that ONNX gives an element type, for casts. @throws Unlowerable for one that it has not. */
export function onnxTypeOf(dtype: DType): number {
  if (dtype === 'other') throw new Unlowerable('casts to an element type that ONNX does not have');
  return dataTypeOf(dtype);
}
