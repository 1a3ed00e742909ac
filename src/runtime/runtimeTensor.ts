import type { Tensor } from 'onnxruntime-web';
import type { RuntimeTensor } from '../core/ports';
import { raise } from '../core/result';
import { bytesPerElement, type DType } from '../core/tensor/dtype';
import { elementCount } from '../core/tensor/tensor';

/** Tensors ⇄ onnxruntime's own, element for element; nothing is converted, so nothing is rounded. */

/** A class of typed arrays that onnxruntime takes for an element type. */
type ArrayClass = new (buffer: ArrayBuffer, byteOffset: number, length: number) => Tensor.DataType;

const ARRAYS: Partial<Record<DType, ArrayClass>> = {
  float32: Float32Array,
  float64: Float64Array,
  // bits: Float16Array is missing in Node 20; onnxruntime makes one of these where it exists
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** A constructor of onnxruntime tensors: each of its bundles has its own. */
export type TensorClass = new (type: Tensor.Type, data: Tensor.DataType, dims: readonly number[]) => Tensor;

/**
 * The onnxruntime tensor of a feed; its data may share memory with `tensor.bytes`.
 * @throws ProblemError `unsupported` for element types that onnxruntime-web has not (bfloat16, other),
 *   `bad-input` when bytes and shape disagree.
 */
export function toOrt(name: string, tensor: RuntimeTensor, TensorOf: TensorClass): Tensor {
  const { dtype, dims, bytes } = tensor;
  const ArrayOf = ARRAYS[dtype];
  if (ArrayOf === undefined) {
    raise('unsupported', `Input "${name}" has elements of type ${dtype}, which onnxruntime-web can't take.`);
  }
  const size = bytesPerElement(dtype);
  const count = elementCount(dims);
  if (bytes.byteLength !== count * size) {
    const shape = `[${dims.join(', ')}]`;
    raise(
      'bad-input',
      `Input "${name}" has ${bytes.byteLength} bytes, but ${dtype} ${shape} needs ${count * size}.`,
    );
  }
  // typed arrays want aligned buffers that aren't shared; everything else is copied once
  const fits = bytes.buffer instanceof ArrayBuffer && bytes.byteOffset % size === 0;
  const own = fits ? bytes : new Uint8Array(bytes);
  return new TensorOf(
    dtype as Tensor.Type,
    new ArrayOf(own.buffer as ArrayBuffer, own.byteOffset, count),
    dims,
  );
}

/**
 * The result as bytes of its own. Data must be on the CPU.
 * @throws ProblemError `unsupported` for strings and 4-bit integers.
 */
export function fromOrt(name: string, tensor: Tensor): RuntimeTensor {
  const dtype = tensor.type as DType;
  const { data, dims } = tensor;
  if (ARRAYS[dtype] === undefined || !ArrayBuffer.isView(data)) {
    raise(
      'unsupported',
      `Output "${name}" has elements of type ${tensor.type}, which RepLens can't compare.`,
    );
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return { dtype, dims: [...dims], bytes };
}
