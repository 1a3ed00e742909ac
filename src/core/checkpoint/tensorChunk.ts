import { lazyChunk } from '../onnx/chunks';
import type { Chunk } from '../ports';
import type { Tensor } from '../tensor/tensor';

/** A tensor's bytes for a writer: computed when it reaches them. */
export function tensorChunk(tensor: Tensor, length: number, name: string): Chunk {
  return lazyChunk(length, () => tensor.pieces?.() ?? [tensor.bytes()], name);
}
