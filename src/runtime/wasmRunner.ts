import type { InferenceSession } from 'onnxruntime-web';
import * as ort from 'onnxruntime-web/wasm';
import type { ModelRunner } from '../core/ports';
import { createQueue, openSession } from './ortSession';

export interface WasmRunnerOptions {
  /**
   * The bytes of `ort-wasm-simd-threaded.wasm`. Needed wherever the bundle has no node_modules beside it
   * (command line, packaged extension, blob worker); without it onnxruntime-web looks beside its own file.
   */
  readonly wasmBinary?: ArrayBuffer | Uint8Array;
  /** 1 when left out. More needs worker threads and shared memory, which webviews have not. */
  readonly numThreads?: number;
  /** `disabled` when left out. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

/**
 * Runs models on the CPU by WebAssembly, in Node, workers and browsers alike.
 *
 * Graph optimisation is off: onnxruntime would fold BNs into convolutions, remove identities and fuse activations, on
 * the original as well as on the merged model. A verification that compares the two wants every operator
 * computed as its file writes it.
 *
 * The wasm binary and the number of threads belong to the process and are settled by the first model that is loaded.
 */
export function createWasmRunner(options: WasmRunnerOptions = {}): Promise<ModelRunner> {
  ort.env.logLevel = 'fatal';
  ort.env.wasm.numThreads = options.numThreads ?? 1;
  if (options.wasmBinary !== undefined) ort.env.wasm.wasmBinary = options.wasmBinary;
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: ['wasm'],
    graphOptimizationLevel: options.optimization ?? 'disabled',
    // what goes wrong is thrown; the runtime's own log would only end up in the caller's stderr
    logSeverityLevel: 4,
  };
  const queue = createQueue();
  return Promise.resolve({
    provider: 'wasm',
    adapter: null,
    load: (model) => openSession(ort, model, { ...sessionOptions }, queue),
  });
}
