import * as ort from 'onnxruntime-web/wasm';
import type { ModelRunner } from '../core/ports';
import { wasmRunnerOf, type WasmRunnerOptions } from './wasmSession';

/**
 * Runs models on the CPU by WebAssembly (`ort-wasm-simd-threaded.wasm`), in Node, workers and browsers alike.
 *
 * Graph optimisation is off: onnxruntime would fold BNs into convolutions, remove identities and fuse activations, on
 * the original as well as on the merged model. A verification that compares the two wants every operator
 * computed as its file writes it.
 *
 * The wasm binary and the number of threads belong to the process and are settled by the first model that is loaded.
 */
export function createWasmRunner(options: WasmRunnerOptions = {}): Promise<ModelRunner> {
  return Promise.resolve(wasmRunnerOf(ort, options));
}
