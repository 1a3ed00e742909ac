import * as ort from 'onnxruntime-web/webgpu';
import type { ModelRunner } from '../core/ports';
import type { Result } from '../core/result';
import { createQueue } from './ortSession';
import { wasmRunnerOf, type WasmRunnerOptions } from './wasmSession';
import { createWebgpuRunner, type WebgpuRunner } from './webgpuRunner';

export interface BothRunners {
  readonly wasm: ModelRunner;
  /** A problem says why there is none. */
  readonly webgpu: Result<WebgpuRunner>;
}

/**
 * Both providers from one bundle and one binary (`ort-wasm-simd-threaded.asyncify.wasm`, which holds the CPU kernels
 * too), for a blob worker: one download, one instance. They share a queue, since the instance runs one job at a time.
 */
export async function createBothRunners(
  wasmBinary: ArrayBuffer | Uint8Array,
  { optimization = 'disabled' }: Pick<WasmRunnerOptions, 'optimization'> = {},
): Promise<BothRunners> {
  const queue = createQueue();
  const wasm = wasmRunnerOf(ort, { wasmBinary, optimization }, queue);
  return { wasm, webgpu: await createWebgpuRunner({ wasmBinary, optimization, queue }) };
}
