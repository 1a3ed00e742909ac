import { readElements } from '../../tensor/convert';
import { elementCount, type Tensor } from '../../tensor/tensor';

export type FloatView = Float32Array | Float64Array;

/**
 * A tensor's elements as numbers: the stored bytes themselves where they are aligned float32 or float64,
 * one copy where they are not, float64 for every other type.
 */
export function floatView(tensor: Tensor): FloatView {
  const count = elementCount(tensor.dims);
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64') {
    return readElements(tensor.dtype, tensor.bytes(), 0, count);
  }
  const View = tensor.dtype === 'float32' ? Float32Array : Float64Array;
  let bytes = tensor.bytes();
  // a weight starts at any byte of a protobuf file
  if (bytes.byteOffset % View.BYTES_PER_ELEMENT !== 0) bytes = bytes.slice();
  return new View(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
}
