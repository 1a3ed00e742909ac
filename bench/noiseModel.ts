import { closeSync, openSync, writeSync } from 'node:fs';
import { chunksLength, writeChunks } from '../src/core/onnx/chunks';
import { encodeOnnx } from '../src/core/onnx/encode';
import type { Tensor } from '../src/core/tensor/tensor';
import { decodeBuilt, type OnnxSpec, type TensorSpec } from '../test/support/onnxBuilder';

/** A model with the shapes of its weights in place of the weights. */
export interface NoiseModel extends Pick<OnnxSpec, 'inputs' | 'outputs' | 'nodes'> {
  readonly dims: ReadonlyMap<string, readonly number[]>;
}

/** Writes a model whose weights are noise, made when the writer reaches them. @returns bytes written. */
export async function writeNoiseModel(path: string, { dims, ...graph }: NoiseModel): Promise<number> {
  // placeholders of one element are decoded; then tensors of the real size take their place
  const one: TensorSpec = { dims: [1], data: [0] };
  const initializers = Object.fromEntries([...dims.keys()].map((name) => [name, one]));
  const model = decodeBuilt({ ...graph, initializers });
  const tensors = new Map([...dims].map(([name, shape], index) => [name, noise(shape, index)]));
  const { main } = encodeOnnx({ ...model, graph: { ...model.graph, initializers: tensors } });
  const file = openSync(path, 'w');
  try {
    await writeChunks(main, { write: (bytes) => void writeSync(file, bytes) });
  } finally {
    closeSync(file);
  }
  return chunksLength(main);
}

/** A positive triangle wave: cheap, not compressible to nothing, and fit for a variance. */
function noise(dims: readonly number[], seed: number): Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return {
    dtype: 'float32',
    dims,
    bytes: () => {
      const values = new Float32Array(count);
      for (let i = 0, state = seed + 1; i < count; i++) {
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        values[i] = 0.01 + state / 2 ** 33;
      }
      return new Uint8Array(values.buffer);
    },
  };
}
