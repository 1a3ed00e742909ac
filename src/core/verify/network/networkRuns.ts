import type { Model } from '../../ir/model';
import { chunksLength, joinChunks } from '../../onnx/chunks';
import { encodeOnnx } from '../../onnx/encode';
import type { RunnerSession } from '../../ports';
import { raise } from '../../result';
import { checkCancelled, failureOf, runModel } from '../runModel';
import { fusedFeeds, fusedOutputs, type NetworkTask, type Outputs } from './networkTask';
import { commonBindings, drawSample, type Sample } from './samples';

/** What the runtime made of the samples. */
export interface NetworkRuns {
  readonly samples: readonly Sample[];
  /** By sample; empty where nothing could be run. */
  readonly original: readonly Outputs[];
  readonly fused: readonly Outputs[];
  /** Why the original, or else the fused model, could not be run. */
  readonly originalFailure: string | null;
  readonly fusedFailure: string | null;
}

/**
 * A run holds both files, the model's bytes once more, and the runtime's copy of them with its tensors: some five times the
 * model. Up to here that stays within 2 GB; beyond, the blocks are run one by one.
 */
export const MAX_RUN_BYTES = 5 * 2 ** 26;

/**
 * Runs both models on seeded inputs, one model after the other, so that only one is loaded at a time. Sizes that the original
 * itself can't run (a batch that its exporter baked in) are passed over.
 */
export async function runNetworks(task: NetworkTask): Promise<NetworkRuns> {
  const bindings = commonBindings(task.original, task.fused, task.inputs, task.sizes);
  const first = await runOriginal(task, bindings);
  if (first.outputs.length === 0) {
    const samples = bindings
      .slice(0, task.samples)
      .map((one, i) => drawSample(task.original, one, task.seed, i));
    return { samples, original: [], fused: [], originalFailure: first.failure, fusedFailure: null };
  }
  const second = await runFused(task, first.samples);
  return {
    samples: first.samples,
    original: first.outputs,
    fused: second.outputs,
    originalFailure: null,
    fusedFailure: second.failure,
  };
}

interface Ran {
  readonly samples: readonly Sample[];
  readonly outputs: readonly Outputs[];
  readonly failure: string | null;
}

async function runOriginal(
  task: NetworkTask,
  bindings: readonly ReadonlyMap<string, number>[],
): Promise<Ran> {
  const samples: Sample[] = [];
  const outputs: Outputs[] = [];
  let failure: string | null = null;
  let refused: string | null = null;
  const run = async (session: RunnerSession, sample: Sample): Promise<void> => {
    outputs.push(await runModel(session, sample.feeds));
    samples.push(sample);
  };
  const attempt = async (session: RunnerSession, sizes: ReadonlyMap<string, number>): Promise<boolean> => {
    checkCancelled(task.signal);
    try {
      await run(session, drawSample(task.original, sizes, task.seed, samples.length));
      return true;
    } catch (error) {
      failure = failureOf(error);
      return false;
    }
  };
  const loaded = await withSession(task, task.original.model, async (session) => {
    const runnable: ReadonlyMap<string, number>[] = [];
    for (const sizes of bindings) {
      if (samples.length >= task.samples) break;
      if (await attempt(session, sizes)) runnable.push(sizes);
    }
    for (let next = 0; runnable.length > 0 && samples.length < task.samples; next++) {
      if (!(await attempt(session, runnable[next % runnable.length] as ReadonlyMap<string, number>))) break;
    }
    for (const sample of task.given ?? []) {
      checkCancelled(task.signal);
      try {
        await run(session, sample);
      } catch (error) {
        refused ??= `The original can't be run on "${sample.label}": ${failureOf(error)}`;
      }
    }
  });
  // where nothing runs, the input that somebody gave is not at fault
  if (refused !== null && samples.length > 0) raise('bad-input', refused);
  return { samples, outputs, failure: loaded ?? failure };
}

async function runFused(task: NetworkTask, samples: readonly Sample[]): Promise<Ran> {
  const outputs: Outputs[] = [];
  const failure = await withSession(task, task.fusedModel, async (session) => {
    for (const sample of samples) {
      checkCancelled(task.signal);
      outputs.push(fusedOutputs(task, await runModel(session, fusedFeeds(task, sample))));
    }
  });
  return { samples, outputs, failure };
}

/** Loads a model, uses it and lets it go; what went wrong in one sentence, or null. */
async function withSession(
  task: NetworkTask,
  model: Model,
  use: (session: RunnerSession) => Promise<void>,
): Promise<string | null> {
  checkCancelled(task.signal);
  try {
    const chunks = encodeOnnx(model).main;
    if (chunksLength(chunks) > MAX_RUN_BYTES) {
      raise(
        'unsupported',
        'The model is too large to be run in one piece here; its blocks were run one by one.',
      );
    }
    const session = await task.runner.load(joinChunks(chunks));
    try {
      await use(session);
    } finally {
      await session.release();
    }
    return null;
  } catch (error) {
    return failureOf(error);
  }
}
