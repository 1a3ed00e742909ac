import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detection } from '../../src/core/detect/detect';
import { joinChunks } from '../../src/core/onnx/chunks';
import { encodeModel, fuseModel, openModel } from '../../src/core/pipeline';
import type { CompanionFiles, ModelRunner, RuntimeTensor } from '../../src/core/ports';
import { raise, unwrap } from '../../src/core/result';
import { readElements, writeElements } from '../../src/core/tensor/convert';
import { elementCount, type NdArray } from '../../src/core/tensor/tensor';
import { createWasmRunner } from '../../src/runtime/wasmRunner';

/** The checked-in models that tests share, and what one does with them. */
export const FIXTURES = join(__dirname, '..', 'fixtures');

export const NO_COMPANIONS: CompanionFiles = {
  open: (path) => raise('not-found', `"${path}" is not there.`),
};

export function detectBytes(bytes: Uint8Array, fileName = 'test.onnx'): Detection {
  return unwrap(openModel({ fileName, bytes, companions: NO_COMPANIONS }));
}

export function detectFixture(path: string): Detection {
  return detectBytes(readFileSync(join(FIXTURES, path)), path);
}

/** The fused model as a file's bytes. */
export function fuseToBytes(detection: Detection, only?: ReadonlySet<string>): Uint8Array {
  return joinChunks(unwrap(encodeModel(unwrap(fuseModel(detection, only)).model)).main);
}

let runner: Promise<ModelRunner> | null = null;

/** One onnxruntime-web wasm runner for all tests of a process. */
export function sharedRunner(): Promise<ModelRunner> {
  runner ??= createWasmRunner();
  return runner;
}

/** Runs a model on wasm; arrays are converted to float32 and back. */
export async function runWasm(
  model: Uint8Array,
  feeds: Readonly<Record<string, NdArray>>,
): Promise<ReadonlyMap<string, NdArray>> {
  const session = await (await sharedRunner()).load(model);
  try {
    const inputs = new Map(Object.entries(feeds).map(([name, array]) => [name, toRuntime(array)]));
    const outputs = await session.run(inputs);
    return new Map([...outputs].map(([name, tensor]) => [name, fromRuntime(tensor)]));
  } finally {
    await session.release();
  }
}

function toRuntime({ dims, data }: NdArray): RuntimeTensor {
  const bytes = new Uint8Array(data.length * 4);
  writeElements('float32', data, bytes, 0);
  return { dtype: 'float32', dims, bytes };
}

function fromRuntime({ dtype, dims, bytes }: RuntimeTensor): NdArray {
  return { dtype, dims, data: readElements(dtype, bytes, 0, elementCount(dims)) };
}

/** The largest |a − b|. */
export function maxDifference(a: NdArray, b: NdArray): number {
  if (a.dims.join() !== b.dims.join())
    throw new Error(`shapes differ: ${a.dims.join('×')} and ${b.dims.join('×')}`);
  return a.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (b.data[at] ?? NaN))), 0);
}
