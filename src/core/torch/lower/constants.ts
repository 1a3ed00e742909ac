import type { Attribute } from '../../ir/model';
import { writeElements } from '../../tensor/convert';
import { bytesPerElement, type DType } from '../../tensor/dtype';
import { elementCount, type Tensor } from '../../tensor/tensor';
import { Unlowerable } from './unlowerable';

/** Attributes and small tensors, as lowerings write them. */

export type Attributes = Readonly<Record<string, Attribute>>;

export const int = (value: number): Attribute => ({ kind: 'int', value });
/** Of float32, as an attribute of ONNX is: written and read again it is the same. */
export const float = (value: number): Attribute => ({ kind: 'float', value: Math.fround(value) });
export const text = (value: string): Attribute => ({ kind: 'string', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });

/** As many elements as a lowering may write of its own: a file can ask for any number of them. */
export const MOST_MADE = 2 ** 22;

/** A tensor of one number over and over. @throws Unlowerable for one that is larger than a model needs. */
export function filledTensor(dtype: DType, dims: readonly number[], value: number): Tensor {
  const count = elementCount(dims);
  if (!(count <= MOST_MADE)) throw new Unlowerable('needs a very large constant');
  // made when somebody asks: there may be many
  const bytes = (): Uint8Array => tensorOf(dtype, dims, new Array<number>(count).fill(value)).bytes();
  return { dtype, dims, bytes };
}

/** A tensor of these numbers. */
export function tensorOf(dtype: DType, dims: readonly number[], values: readonly number[]): Tensor {
  const bytes = new Uint8Array(elementCount(dims) * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return { dtype, dims, bytes: () => bytes };
}
