import type { Attribute } from '../../ir/model';
import { writeElements } from '../../tensor/convert';
import { bytesPerElement, type DType } from '../../tensor/dtype';
import { elementCount, type Tensor } from '../../tensor/tensor';

/** Attributes and small tensors, as lowerings write them. */

export type Attributes = Readonly<Record<string, Attribute>>;

export const int = (value: number): Attribute => ({ kind: 'int', value });
/** Of float32, as an attribute of ONNX is: written and read again it is the same. */
export const float = (value: number): Attribute => ({ kind: 'float', value: Math.fround(value) });
export const text = (value: string): Attribute => ({ kind: 'string', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });

/** A tensor of these numbers. */
export function tensorOf(dtype: DType, dims: readonly number[], values: readonly number[]): Tensor {
  const bytes = new Uint8Array(elementCount(dims) * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return { dtype, dims, bytes: () => bytes };
}
