import type { Env, InferenceSession } from 'onnxruntime-web';
import type { ModelRunner } from '../core/ports';
import { createQueue, openSession, type OrtModule, type Queue } from './ortSession';

export interface WasmRunnerOptions {
  /**
   * The bytes of the bundle's wasm binary. Needed wherever the bundle has no node_modules beside it
   * (command line, packaged extension, blob worker); without it onnxruntime-web looks beside its own file.
   */
  readonly wasmBinary?: ArrayBuffer | Uint8Array;
  /** 1 when left out. More needs worker threads and shared memory, which webviews have not. */
  readonly numThreads?: number;
  /** `disabled` when left out. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

/** The CPU provider of one of onnxruntime-web's bundles. `queue`: to be shared by all runners of one bundle. */
export function wasmRunnerOf(
  ort: OrtModule & { readonly env: Env },
  options: WasmRunnerOptions,
  queue: Queue = createQueue(),
): ModelRunner {
  ort.env.logLevel = 'fatal';
  ort.env.wasm.numThreads = options.numThreads ?? 1;
  if (options.wasmBinary !== undefined) ort.env.wasm.wasmBinary = options.wasmBinary;
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: ['wasm'],
    graphOptimizationLevel: options.optimization ?? 'disabled',
    // what goes wrong is thrown; the runtime's own log would only end up in the caller's stderr
    logSeverityLevel: 4,
  };
  return {
    provider: 'wasm',
    adapter: null,
    load: (model) => openSession(ort, model, { ...sessionOptions }, queue),
  };
}
