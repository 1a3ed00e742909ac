import type { DecodePicture } from '../core/inputs/picture';
import { decodeSecond, openModel, verifyOnBoth, type ModelFile } from '../core/pipeline';
import type { ModelRunner, Progress } from '../core/ports';
import { raise, unwrap, type Result } from '../core/result';
import { benchModels } from '../core/verify/speed/bench';
import type { SpeedReport } from '../core/verify/speed/speedReport';
import type { FileRecord, VerificationRecord } from '../core/view/report/verificationRecord';
import type { GpuState, LoadedFile, LoadedInput, RunnerWorkerMethods } from '../protocol/report';
import type { CallContext, ParamsOf } from '../protocol/rpc';
import { RUNTIME_VERSION } from '../runtime/runtimeVersion';
import { givenSamples, type GivenInputs } from './givenInputs';
import { memoryCompanions } from './memoryCompanions';
import { openOptions } from './openOptions';
import { verificationRecord } from './verificationRecord';

export interface RunnerOptions {
  /** `disabled`, so that a file is computed as it is written, when left out; a benchmark wants what production has. */
  readonly optimization?: 'disabled' | 'all';
}

/** Runners of the environment at hand. */
export interface RunnerEnvironment {
  gpu(): Promise<GpuState>;
  runners(
    wasmBinary: ArrayBuffer,
    options?: RunnerOptions,
  ): Promise<{
    readonly wasm: ModelRunner;
    readonly webgpu: Result<ModelRunner & { readonly lost: Promise<never> }>;
  }>;
  /** SHA-256 in hexadecimal. */
  hash(bytes: ArrayBuffer): Promise<string>;
  readonly decodePicture: DecodePicture;
  readonly progress: Progress;
}

type VerifyParams = ParamsOf<RunnerWorkerMethods['verify']>;
type BenchParams = ParamsOf<RunnerWorkerMethods['bench']>;

/** What the blob worker of the report answers. */
export function runnerHandlers(environment: RunnerEnvironment) {
  return {
    gpu: () => environment.gpu(),
    verify: (params: VerifyParams, { signal }: CallContext): Promise<VerificationRecord> =>
      verify(environment, params, signal),
    bench: (params: BenchParams, { signal }: CallContext): Promise<SpeedReport> =>
      bench(environment, params, signal),
  };
}

async function verify(
  environment: RunnerEnvironment,
  params: VerifyParams,
  signal: AbortSignal,
): Promise<VerificationRecord> {
  const { samples, seed } = params;
  const sizes = mapOf(params.sizes);
  const files = {
    original: await fileRecord(environment, params.original),
    fused: await fileRecord(environment, params.fused),
  };
  const watch = { signal, progress: environment.progress };
  const original = unwrap(openModel(modelFile(params.original)));
  const { model } = original.analysis;
  const fused = modelFile(params.fused);
  const given = await givenSamples(model, givenOf(params, sizes), environment.decodePicture);
  const { wasm, webgpu } = await environment.runners(params.wasmBinary);
  const backends = {
    wasm,
    webgpu: params.webgpu ? webgpu : null,
    samples,
    seed,
    sizes,
    given,
    explains: true,
  };
  const verified = verifyOnBoth(original, fused, backends, watch);
  // a report made while the device went away would speak of runs that never were
  const lost = params.webgpu && webgpu.ok ? [webgpu.value.lost] : [];
  const report = unwrap(await Promise.race([verified, ...lost]));
  return verificationRecord(report, {
    ...{ original: model, fused: unwrap(decodeSecond(original, fused)), files, seed, samples, sizes },
    runtime: RUNTIME_VERSION,
    inputFiles: given.map(({ label }) => label),
  });
}

async function bench(
  environment: RunnerEnvironment,
  params: BenchParams,
  signal: AbortSignal,
): Promise<SpeedReport> {
  const original = unwrap(openModel(modelFile(params.original)));
  const file = modelFile(params.fused);
  const fused = unwrap(decodeSecond(original, file));
  const { wasm, webgpu } = await environment.runners(params.wasmBinary, { optimization: 'all' });
  if (params.webgpu && !webgpu.ok) raise(webgpu.problem.code, webgpu.problem.message);
  const runner = params.webgpu && webgpu.ok ? webgpu.value : wasm;
  const lost = params.webgpu && webgpu.ok ? [webgpu.value.lost] : [];
  const { progress } = environment;
  const now = (): number => performance.now();
  const timed = benchModels({ original, fused, runner, now, sizes: mapOf(params.sizes), signal, progress });
  return await Promise.race([timed, ...lost]);
}

async function fileRecord(
  { hash }: RunnerEnvironment,
  { fileName, bytes, companions }: LoadedFile,
): Promise<FileRecord> {
  const described = [];
  for (const [name, companion] of Object.entries(companions))
    described.push({ name, bytes: companion.byteLength, sha256: await hash(companion) });
  return { name: fileName, bytes: bytes.byteLength, sha256: await hash(bytes), companions: described };
}

function givenOf({ inputs }: VerifyParams, sizes: ReadonlyMap<string, number>): GivenInputs {
  const file = ({ fileName, bytes }: LoadedInput) => ({ name: fileName, bytes: new Uint8Array(bytes) });
  return {
    chosen: inputs.chosen.map(file),
    beside: inputs.beside.map(({ label, files }) => ({ label, files: files.map(file) })),
    pixels: inputs.pixels,
    sizes,
  };
}

function modelFile({ fileName, bytes, companions, options = {} }: LoadedFile): ModelFile {
  const file = { fileName, bytes: new Uint8Array(bytes), companions: memoryCompanions(companions) };
  return { ...file, ...openOptions(options) };
}

function mapOf(sizes: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(sizes));
}
