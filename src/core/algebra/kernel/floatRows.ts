import { readElements } from '../../tensor/convert';
import { bytesPerElement } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';

export type FloatRow = Float32Array | Float64Array;

/**
 * A stored kernel read row by row as numbers. A weight starts at any byte of a protobuf file, so its rows are views of the
 * file where they are aligned and copied into one small buffer where they are not: the whole tensor is never copied.
 * A row is valid until the next one is read.
 */
export function floatRows(tensor: Tensor, length: number): (row: number) => FloatRow {
  const bytes = tensor.bytes();
  const size = bytesPerElement(tensor.dtype);
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64') {
    return (row) => readElements(tensor.dtype, bytes, row * length, length);
  }
  const View = tensor.dtype === 'float32' ? Float32Array : Float64Array;
  if (bytes.byteOffset % size === 0) {
    const whole = new View(
      bytes.buffer as ArrayBuffer,
      bytes.byteOffset,
      Math.floor(bytes.byteLength / size),
    );
    return (row) => whole.subarray(row * length, (row + 1) * length);
  }
  const copy = new Uint8Array(length * size);
  const view = new View(copy.buffer, 0, length);
  return (row) => {
    copy.set(bytes.subarray(row * length * size, (row + 1) * length * size));
    return view;
  };
}
