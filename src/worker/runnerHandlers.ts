import { openModel, verifyOnBoth, type ModelFile } from '../core/pipeline';
import { unwrap, type Result } from '../core/result';
import type { ModelRunner, Progress } from '../core/ports';
import type { VerificationReport } from '../core/verify/report';
import type { GpuState, LoadedFile, RunnerWorkerMethods } from '../protocol/report';
import type { CallContext, ParamsOf } from '../protocol/rpc';
import { memoryCompanions } from './memoryCompanions';

/** Runners of the environment at hand. */
export interface RunnerEnvironment {
  gpu(): Promise<GpuState>;
  runners(wasmBinary: ArrayBuffer): Promise<{
    readonly wasm: ModelRunner;
    readonly webgpu: Result<ModelRunner & { readonly lost: Promise<never> }>;
  }>;
  readonly progress: Progress;
}

type VerifyParams = ParamsOf<RunnerWorkerMethods['verify']>;

/** What the blob worker of the report answers. */
export function runnerHandlers(environment: RunnerEnvironment) {
  return {
    gpu: () => environment.gpu(),
    verify: async (params: VerifyParams, { signal }: CallContext): Promise<VerificationReport> => {
      const { samples, seed, sizes } = params;
      const watch = { signal, progress: environment.progress };
      const original = unwrap(openModel(modelFile(params.original)));
      const { wasm, webgpu } = await environment.runners(params.wasmBinary);
      const backends = { wasm, webgpu: params.webgpu ? webgpu : null, samples, seed, sizes: mapOf(sizes) };
      const verified = verifyOnBoth(original, modelFile(params.fused), backends, watch);
      // a report made while the device went away would speak of runs that never were
      const lost = params.webgpu && webgpu.ok ? [webgpu.value.lost] : [];
      return unwrap(await Promise.race([verified, ...lost]));
    },
  };
}

function modelFile({ fileName, bytes, companions }: LoadedFile): ModelFile {
  return { fileName, bytes: new Uint8Array(bytes), companions: memoryCompanions(companions) };
}

function mapOf(sizes: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(sizes));
}
