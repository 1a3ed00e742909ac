import type { RunnerAssets } from '../../src/protocol/bootstrap';
import type {
  BenchJob,
  LoadedFile,
  RemoteFile,
  RemoteInput,
  RunnerWorkerEvents,
  RunnerWorkerMethods,
  VerifyJob,
} from '../../src/protocol/report';
import { openRpc, type ParamsOf, type ResultOf } from '../../src/protocol/rpc';
import type { Progress } from '../../src/core/ports';
import { attemptAsync, raise, type Result } from '../../src/core/result';
import type { SpeedReport } from '../../src/core/verify/speed/speedReport';
import type { VerificationRecord } from '../../src/core/view/report/verificationRecord';
import { t } from '../shared/strings';
import { startWorker } from '../shared/startWorker';
import { workerPort } from '../shared/workerPort';

export interface JobWatch {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Bytes that are at hand, by the uri that the job has for them; null: fetch it. */
  readonly held?: (uri: string) => ArrayBuffer | null;
}

/** Share of the progress bar that fetching takes. */
const FETCHED = 0.05;

/**
 * Fetches both models and the runtime, and compares the models in a worker of its own, which ends with the job or
 * as soon as the signal says so. Where WebGPU fails (its device is lost, its memory does not suffice), wasm takes over in a new worker, and
 * the report says so.
 */
export async function runJob(
  job: VerifyJob,
  assets: RunnerAssets | null,
  watch: JobWatch,
): Promise<Result<VerificationRecord>> {
  const first = await runOnce(job, assets, watch);
  if (first.ok || !job.webgpu || first.problem.code !== 'failed' || assets === null) return first;
  watch.progress(0, t('report.onWasm'));
  const second = await runOnce({ ...job, webgpu: false }, assets, watch);
  if (!second.ok) return first;
  const reason = `${second.value.reason} ${t('report.gaveUp', { words: first.problem.message })}`;
  return { ok: true, value: { ...second.value, reason } };
}

/** Times both models in a worker of its own. */
export function runBench(
  job: BenchJob,
  assets: RunnerAssets | null,
  watch: JobWatch,
): Promise<Result<SpeedReport>> {
  return attemptAsync(async () => {
    const { script, ...models } = await fetchAll(job, assets, watch);
    const params = { ...models, webgpu: job.webgpu, sizes: job.sizes };
    return await inWorker(script, 'bench', params, buffersOf(params), started(watch));
  });
}

function runOnce(
  job: VerifyJob,
  assets: RunnerAssets | null,
  watch: JobWatch,
): Promise<Result<VerificationRecord>> {
  return attemptAsync(async () => {
    const { script, ...models } = await fetchAll(job, assets, watch);
    const fetchInput = async ({ fileName, uri }: RemoteInput) => ({
      fileName,
      bytes: await fetchBytes(uri, fileName, watch),
    });
    const inputs = {
      ...job.inputs,
      chosen: await Promise.all(job.inputs.chosen.map(fetchInput)),
      beside: await Promise.all(
        job.inputs.beside.map(async ({ label, files }) => ({
          label,
          files: await Promise.all(files.map(fetchInput)),
        })),
      ),
    };
    const { webgpu, samples, seed, sizes } = job;
    const params = { ...models, webgpu, samples, seed, sizes, inputs };
    return await inWorker(script, 'verify', params, buffersOf(params), started(watch));
  });
}

/** Says that the worker starts; the rest of the progress is its own. */
function started({ signal, progress }: JobWatch): JobWatch {
  if (signal.aborted) raise('cancelled', t('report.cancelledText'));
  progress(FETCHED, t('report.starting'));
  return { signal, progress: (fraction, label) => progress(FETCHED + (1 - FETCHED) * fraction, label) };
}

async function fetchAll(
  job: Pick<VerifyJob, 'original' | 'fused'>,
  assets: RunnerAssets | null,
  watch: JobWatch,
) {
  if (assets === null) raise('failed', t('report.noRunner'));
  const [script, wasmBinary, original, fused] = await Promise.all([
    fetchBytes(assets.script, 'runnerWorker.js', watch),
    fetchBytes(assets.wasm, 'onnxruntime', watch),
    load(job.original, watch),
    load(job.fused, watch),
  ]);
  return { script, wasmBinary, original, fused };
}

async function inWorker<K extends 'verify' | 'bench'>(
  script: ArrayBuffer,
  method: K,
  params: ParamsOf<RunnerWorkerMethods[K]>,
  transfer: readonly ArrayBuffer[],
  { signal, progress }: JobWatch,
): Promise<ResultOf<RunnerWorkerMethods[K]>> {
  const worker = startWorker(script);
  const rpc = openRpc<RunnerWorkerEvents, RunnerWorkerMethods>(workerPort(worker), {
    progress: ({ fraction, label }) => progress(fraction, label),
  });
  const crash = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) =>
      reject(new Error(t('report.crashed', { words: event.message || t('report.noWords') }))),
    );
    signal.addEventListener('abort', () => reject(new Error(t('report.cancelledText'))));
  });
  try {
    const result = await Promise.race([rpc.call(method, params, { transfer }), crash]);
    if (!result.ok) raise(result.problem.code, result.problem.message);
    return result.value;
  } catch (error) {
    if (error instanceof Error && 'problem' in error) throw error;
    raise(signal.aborted ? 'cancelled' : 'failed', error instanceof Error ? error.message : String(error));
  } finally {
    rpc.dispose();
    worker.terminate();
  }
}

function buffersOf({
  original,
  fused,
  wasmBinary,
}: ParamsOf<RunnerWorkerMethods['bench']>): readonly ArrayBuffer[] {
  const of = (file: LoadedFile): readonly ArrayBuffer[] => [file.bytes, ...Object.values(file.companions)];
  return [...of(original), ...of(fused), wasmBinary];
}

async function load(
  { fileName, uri, companions, options }: RemoteFile,
  watch: JobWatch,
): Promise<LoadedFile> {
  const bytes = await fetchBytes(uri, fileName, watch);
  const loaded: Record<string, ArrayBuffer> = {};
  for (const [path, companion] of Object.entries(companions))
    loaded[path] = await fetchBytes(companion, path, watch);
  return { fileName, bytes, companions: loaded, ...(options === undefined ? {} : { options }) };
}

async function fetchBytes(uri: string, name: string, { signal, held }: JobWatch): Promise<ArrayBuffer> {
  const atHand = held?.(uri) ?? null;
  if (atHand !== null) return atHand;
  try {
    const response = await fetch(uri, { signal });
    if (response.ok) return await response.arrayBuffer();
    raise('not-found', t('report.fetchStatus', { name, status: response.status }));
  } catch (error) {
    if (error instanceof Error && 'problem' in error) throw error;
    if (signal.aborted) raise('cancelled', t('report.cancelledText'));
    raise('failed', t('report.fetchFailed', { name, words: String(error) }));
  }
}
