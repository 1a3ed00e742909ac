import type { InferenceSession, InferenceSessionFactory, Tensor } from 'onnxruntime-web';
import type { RunnerSession, RuntimeTensor } from '../core/ports';
import { ProblemError, raise } from '../core/result';
import { fromOrt, toOrt, type TensorClass } from './runtimeTensor';

/** What is used of an onnxruntime-web bundle. */
export interface OrtModule {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorClass;
}

/** Runs one job after the other: onnxruntime-web refuses to start a run while another one is under way. */
export type Queue = <T>(job: () => Promise<T>) => Promise<T>;

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const next = last.then(job);
    last = next.catch(() => undefined);
    return next;
  };
}

/** Runs a job unless something that the runtime does not see (a lost device) ends it first. */
export type Guard = <T>(job: Promise<T>) => Promise<T>;

/**
 * Loads a model.
 * @throws ProblemError `failed` with the runtime's words, as do the session's methods.
 */
export async function openSession(
  ort: OrtModule,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  queue: Queue,
  guard: Guard = (job) => job,
): Promise<RunnerSession> {
  const failed = (what: string) => (error: unknown) => rethrow(what, error);
  const session = await queue(() => guard(ort.InferenceSession.create(model, options))).catch(
    failed("onnxruntime can't load the model"),
  );
  let released = false;
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (feeds) =>
      queue(async () => {
        if (released) raise('failed', 'The model was already released from onnxruntime; load it again.');
        return await guard(runOnce(session, ort.Tensor, feeds));
      }).catch(failed("onnxruntime can't run the model")),
    release: () =>
      queue(async () => {
        if (released) return;
        released = true;
        await session.release();
      }).catch(failed("onnxruntime can't release the model")),
  };
}

async function runOnce(
  session: InferenceSession,
  TensorOf: TensorClass,
  feeds: ReadonlyMap<string, RuntimeTensor>,
): Promise<ReadonlyMap<string, RuntimeTensor>> {
  const inputs: Record<string, Tensor> = {};
  for (const [name, tensor] of feeds) inputs[name] = toOrt(name, tensor, TensorOf);
  const results = await session.run(inputs, { logSeverityLevel: 4 });
  const outputs = new Map<string, RuntimeTensor>();
  for (const [name, value] of Object.entries(results)) {
    outputs.set(name, fromOrt(name, value as Tensor));
    (value as Tensor).dispose();
  }
  return outputs;
}

function rethrow(what: string, error: unknown): never {
  if (error instanceof ProblemError) throw error;
  raise('failed', `${what}: ${oneSentence(error)}.`);
}

/** The runtime's words on one line, without its final stop. */
function oneSentence(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
}
