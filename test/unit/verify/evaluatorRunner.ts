import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import type { Model } from '../../../src/core/ir/model';
import type { ModelRunner, RuntimeTensor } from '../../../src/core/ports';
import { fromNdArray, readElements } from '../../../src/core/tensor/convert';
import { elementCount, type NdArray } from '../../../src/core/tensor/tensor';
import { decodeBytes } from '../../support/onnxBuilder';

/** Changes an output of a model: what a faulty backend does. */
export type Spoil = (output: NdArray, model: Model) => NdArray;

/** A runtime that computes in float64 and rounds each output once, unless it is made to be wrong. */
export function evaluatorRunner(spoil: Spoil = (output) => output): ModelRunner {
  return {
    provider: 'wasm',
    adapter: null,
    load: (bytes) => {
      const model = decodeBytes(bytes);
      const { inputs, outputs, initializers } = model.graph;
      return Promise.resolve({
        inputNames: inputs.map((input) => input.name).filter((name) => !initializers.has(name)),
        outputNames: outputs.map((output) => output.name),
        run: (feeds) => {
          const arrays = new Map([...feeds].map(([name, tensor]) => [name, toArray(tensor)]));
          const results = evaluateGraph(model, arrays);
          return Promise.resolve(
            new Map([...results].map(([name, array]) => [name, toTensor(spoil(array, model))])),
          );
        },
        release: () => Promise.resolve(),
      });
    },
  };
}

function toArray({ dtype, dims, bytes }: RuntimeTensor): NdArray {
  return { dtype, dims, data: readElements(dtype, bytes, 0, elementCount(dims)) };
}

function toTensor(array: NdArray): RuntimeTensor {
  return { dtype: array.dtype, dims: array.dims, bytes: fromNdArray(array).bytes() };
}
