import type { InferenceSession } from 'onnxruntime-web';
import * as ort from 'onnxruntime-web/webgpu';
import type { ModelRunner } from '../core/ports';
import { ok, ProblemError, type Result } from '../core/result';
import { gpuClock, type ClockedDevice } from './gpuClock';
import { openGpuDevice, type GpuDevice } from './gpuDevice';
import { createQueue, openSession, type Guard, type Queue } from './ortSession';

export interface WebgpuRunnerOptions {
  /**
   * The bytes of `ort-wasm-simd-threaded.asyncify.wasm`, or where to fetch it. A blob worker can't fetch an
   * extension's files, so it is handed the bytes.
   */
  readonly wasmBinary?: ArrayBuffer | Uint8Array;
  readonly wasmPath?: string;
  /** `disabled` when left out: see `createWasmRunner`. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** To be shared by all runners of this bundle; one of its own when left out. */
  readonly queue?: Queue;
}

/** A runner on a GPU, which may go away. */
export interface WebgpuRunner extends ModelRunner {
  /** Rejects, once, with a ProblemError when the device is lost. Never settles otherwise. */
  readonly lost: Promise<never>;
}

/**
 * Runs models on the GPU, in browsers and their workers, with no silent fallback: without an adapter there is no
 * runner, and a model with an operator that has no GPU kernel fails to load (shape arithmetic included, so
 * fold it first).
 *
 * The device is opened here and given to onnxruntime, so that the adapter named is the one that runs, and its loss is seen.
 */
export async function createWebgpuRunner(options: WebgpuRunnerOptions): Promise<Result<WebgpuRunner>> {
  const opened = await openGpuDevice();
  if (!opened.ok) return opened;
  const { device, adapter } = opened.value;
  ort.env.logLevel = 'fatal';
  ort.env.wasm.numThreads = 1;
  if (options.wasmBinary !== undefined) ort.env.wasm.wasmBinary = options.wasmBinary;
  if (options.wasmPath !== undefined) ort.env.wasm.wasmPaths = { wasm: options.wasmPath };
  const sessionOptions = (): InferenceSession.SessionOptions => ({
    executionProviders: [{ name: 'webgpu', device } as InferenceSession.WebGpuExecutionProviderOption],
    graphOptimizationLevel: options.optimization ?? 'disabled',
    logSeverityLevel: 4,
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  const queue = options.queue ?? createQueue();
  const lost = lossOf(device, adapter);
  const guard: Guard = (job) => Promise.race([job, lost]);
  const clock = gpuClock(device as unknown as ClockedDevice);
  return ok({
    provider: 'webgpu',
    adapter,
    lost,
    load: (model) => openSession(ort, model, sessionOptions(), queue, guard),
    ...(clock === null ? {} : { gpuTime: clock }),
  });
}

/** A run on a lost device may never settle: the loss itself ends it. */
function lossOf(device: GpuDevice, adapter: string): Promise<never> {
  const loss = device.lost.then(({ reason, message }): never => {
    const words = (message === '' ? reason : message).replace(/\s+/g, ' ').replace(/\.+$/, '');
    throw new ProblemError({
      code: 'failed',
      message: `The GPU device (${adapter}) was lost while the model was loaded: ${words}; run the verification again.`,
    });
  });
  // nobody may be waiting when it happens
  loss.catch(() => undefined);
  return loss;
}
