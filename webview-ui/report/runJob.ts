import type { RunnerAssets } from '../../src/protocol/bootstrap';
import type {
  LoadedFile,
  RemoteFile,
  RunnerWorkerEvents,
  RunnerWorkerMethods,
  VerifyJob,
} from '../../src/protocol/report';
import { openRpc } from '../../src/protocol/rpc';
import type { Progress } from '../../src/core/ports';
import { attemptAsync, raise, type Result } from '../../src/core/result';
import type { VerificationReport } from '../../src/core/verify/report';
import { t } from '../shared/strings';
import { workerPort } from '../shared/workerPort';

export interface JobWatch {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Share of the progress bar that fetching takes. */
const FETCHED = 0.05;

/**
 * Fetches both models and the runtime, and compares the models in a worker of its own, which ends with the job or
 * as soon as the signal says so.
 */
export function runJob(
  job: VerifyJob,
  assets: RunnerAssets | null,
  { signal, progress }: JobWatch,
): Promise<Result<VerificationReport>> {
  return attemptAsync(async () => {
    if (assets === null) raise('failed', t('report.noRunner'));
    const [script, wasm, original, fused] = await Promise.all([
      fetchBytes(assets.script, 'runnerWorker.js', signal),
      fetchBytes(assets.wasm, 'onnxruntime', signal),
      load(job.original, signal),
      load(job.fused, signal),
    ]);
    if (signal.aborted) raise('cancelled', t('report.cancelledText'));
    progress(FETCHED, t('report.starting'));
    const { webgpu, samples, seed, sizes } = job;
    return await inWorker(
      script,
      { original, fused, wasmBinary: wasm, webgpu, samples, seed, sizes },
      { signal, progress: (fraction, label) => progress(FETCHED + (1 - FETCHED) * fraction, label) },
    );
  });
}

type VerifyParams = Parameters<RunnerWorkerMethods['verify']>[0];

async function inWorker(
  script: ArrayBuffer,
  params: VerifyParams,
  { signal, progress }: JobWatch,
): Promise<VerificationReport> {
  // a webview may not start workers from its own origin: the script comes as a blob
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url);
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
    const result = await Promise.race([rpc.call('verify', params, { transfer: buffersOf(params) }), crash]);
    if (!result.ok) raise(result.problem.code, result.problem.message);
    return result.value;
  } catch (error) {
    if (error instanceof Error && 'problem' in error) throw error;
    raise(signal.aborted ? 'cancelled' : 'failed', error instanceof Error ? error.message : String(error));
  } finally {
    rpc.dispose();
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}

function buffersOf({ original, fused, wasmBinary }: VerifyParams): readonly ArrayBuffer[] {
  const of = (file: LoadedFile): readonly ArrayBuffer[] => [file.bytes, ...Object.values(file.companions)];
  return [...of(original), ...of(fused), wasmBinary];
}

async function load({ fileName, uri, companions }: RemoteFile, signal: AbortSignal): Promise<LoadedFile> {
  const bytes = await fetchBytes(uri, fileName, signal);
  const loaded: Record<string, ArrayBuffer> = {};
  for (const [path, companion] of Object.entries(companions))
    loaded[path] = await fetchBytes(companion, path, signal);
  return { fileName, bytes, companions: loaded };
}

async function fetchBytes(uri: string, name: string, signal: AbortSignal): Promise<ArrayBuffer> {
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
