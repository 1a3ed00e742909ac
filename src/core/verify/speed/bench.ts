import type { Detection } from '../../detect/detect';
import type { Model } from '../../ir/model';
import { chunksLength, joinChunks } from '../../onnx/chunks';
import { encodeOnnx } from '../../onnx/encode';
import { inferFacts } from '../../passes/valueFacts';
import type { ModelRunner, Progress, RunnerSession } from '../../ports';
import { ProblemError, raise } from '../../result';
import { elementCount, type NdArray } from '../../tensor/tensor';
import { loadPart, type BlockPart } from '../block/blockRuns';
import { drawInput } from '../distributions';
import { matchModels, type BlockMatch } from '../match/matchModels';
import { MAX_RUN_BYTES } from '../network/networkRuns';
import { commonBindings, describeSample, drawSample, type Sample } from '../network/samples';
import { seededRandom } from '../random';
import { checkCancelled, failureOf, runModel } from '../runModel';
import { sideOf, sideOfDetection, type Side } from '../side';
import { measureInTurns, type RunTime } from './inTurns';
import type { BlockSpeed, SpeedComparison, SpeedReport } from './speedReport';
import { speedSummary } from './speedSummary';

export interface BenchOptions {
  readonly original: Detection;
  readonly fused: Model;
  readonly runner: ModelRunner;
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** Counted runs of each; 30 or more, a second at least, when left out. */
  readonly runs?: number;
  /** Milliseconds for the whole model, and again for all blocks together; 20 s each when left out. */
  readonly budget?: number;
  /** Sizes of the original's open dimensions, by symbol. */
  readonly sizes?: ReadonlyMap<string, number>;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** More than this of one input is no benchmark but a test of memory. */
const MOST_ELEMENTS = 2 ** 26;

/**
 * How long both models take, and each merged block by itself, before and after in turns.
 * @throws ProblemError `cancelled`; what can't be run is said in the report.
 */
export async function benchModels(options: BenchOptions): Promise<SpeedReport> {
  const { runner, budget = 20_000, signal, progress } = options;
  const original = sideOfDetection(options.original);
  const fused = sideOf(options.fused);
  const fusable = options.original.blocks.filter((block) => block.status === 'fusable');
  const match = matchModels(original, fused, fusable, (_, __, [sink = '']) => sink);
  progress?.(0, 'timing the whole model');
  const inputs =
    match.inputs ?? raise('bad-input', 'The two models have different inputs, so their times say nothing.');
  const { sample, whole, failure } = await benchWhole(options, { original, fused, inputs, budget });
  const blocks: BlockSpeed[] = [];
  const replaced = match.blocks.filter(({ kind }) => kind === 'replaced');
  for (const one of replaced) {
    checkCancelled(signal);
    progress?.(0.5 + (0.5 * blocks.length) / replaced.length, `timing block ${one.block.id}`);
    blocks.push(
      await benchBlock(options, { one, original, fused, sample, budget: budget / replaced.length }),
    );
  }
  progress?.(1, 'done');
  const hasGpuClock = whole?.gpu !== undefined;
  const measured = {
    provider: runner.provider,
    adapter: runner.adapter,
    hasGpuClock,
    whole,
    failure,
    blocks,
  };
  const input = sample === null ? '' : describeSample(sample);
  return { ...measured, input, summary: speedSummary(measured) };
}

interface WholeTask {
  readonly original: Side;
  readonly fused: Side;
  readonly inputs: ReadonlyMap<string, string>;
  readonly budget: number;
}

interface WholeOutcome {
  readonly sample: Sample | null;
  readonly whole: SpeedComparison | null;
  readonly failure: string | null;
}

async function benchWhole(options: BenchOptions, task: WholeTask): Promise<WholeOutcome> {
  const { original, fused, inputs, budget } = task;
  const bindings = commonBindings(original, fused, inputs, options.sizes);
  const planned = bindings[0] === undefined ? null : drawSample(original, bindings[0], 0, 0);
  let sessions: readonly [RunnerSession, RunnerSession] | null = null;
  try {
    sessions = await loadBoth(options, original.model);
    const [first, second] = sessions;
    const sample = await firstRunnable(first, original, bindings);
    const theirs = new Map([...sample.feeds].map(([name, array]) => [inputs.get(name) ?? name, array]));
    const whole = await inTurns(
      options,
      [() => runModel(first, sample.feeds), () => runModel(second, theirs)],
      budget,
    );
    return { sample, whole, failure: null };
  } catch (error) {
    return { sample: planned, whole: null, failure: failureOf(error) };
  } finally {
    for (const session of sessions ?? []) await session.release();
  }
}

async function loadBoth(
  { runner, fused }: BenchOptions,
  original: Model,
): Promise<readonly [RunnerSession, RunnerSession]> {
  const first = await runner.load(bytesOf(original));
  try {
    return [first, await runner.load(bytesOf(fused))];
  } catch (error) {
    await first.release();
    throw error;
  }
}

/** Sizes that the original itself can't be run at are passed over. */
async function firstRunnable(
  session: RunnerSession,
  original: Side,
  bindings: readonly ReadonlyMap<string, number>[],
): Promise<Sample> {
  let failure: unknown = new ProblemError({
    code: 'failed',
    message: 'No sizes could be found for its inputs.',
  });
  for (const binding of bindings) {
    const sample = drawSample(original, binding, 0, 0);
    try {
      await runModel(session, sample.feeds);
      return sample;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

interface BlockTask {
  readonly one: BlockMatch;
  readonly original: Side;
  readonly fused: Side;
  readonly sample: Sample | null;
  readonly budget: number;
}

async function benchBlock(options: BenchOptions, task: BlockTask): Promise<BlockSpeed> {
  const { one, original, fused, budget } = task;
  const { id, region, dynamic } = one.block;
  const input = blockInput(task);
  const none = (failure: string): BlockSpeed => ({ id, shape: '', comparison: null, failure });
  if (dynamic !== undefined)
    return none('It also reads its attention, so it is timed within the model only.');
  if (input === null) return none('The sizes of its input are not known.');
  const parts: readonly BlockPart[] = [
    { side: original, source: region.source, sink: region.sink },
    { side: fused, source: one.source, sink: one.sink },
  ];
  const sessions: RunnerSession[] = [];
  try {
    for (const part of parts) {
      const loaded = await loadPart(part, options.runner);
      if ('failure' in loaded) return none(loaded.failure);
      sessions.push(loaded.value);
    }
    const [first, second] = sessions as [RunnerSession, RunnerSession];
    const feeds = (source: string): ReadonlyMap<string, NdArray> => new Map([[source, input]]);
    const runs = [
      () => runModel(first, feeds(region.source)),
      () => runModel(second, feeds(one.source)),
    ] as const;
    const comparison = await inTurns(options, runs, budget);
    return { id, shape: input.dims.join('×'), comparison, failure: null };
  } catch (error) {
    return none(failureOf(error));
  } finally {
    for (const session of sessions) await session.release();
  }
}

/** An input as large as the block has it in the whole run. */
function blockInput({ one, original, sample }: BlockTask): NdArray | null {
  const { source } = one.block.region;
  const facts = inferFacts(original.model, original.index, sample?.bindings ?? new Map());
  const type = facts.types.get(source);
  const dims = type?.dims?.filter((dim) => typeof dim === 'number') ?? [];
  if (!type?.dims || dims.length !== type.dims.length || elementCount(dims) > MOST_ELEMENTS) return null;
  return drawInput('normal', dims, type.dtype ?? 'float32', seededRandom(0, 'bench', one.block.id));
}

function inTurns(
  { runner, now, runs, signal }: BenchOptions,
  [before, after]: readonly [() => Promise<unknown>, () => Promise<unknown>],
  budget: number,
): Promise<SpeedComparison> {
  const timed = (run: () => Promise<unknown>) => async (): Promise<RunTime> => {
    const started = now();
    const gpu = runner.gpuTime === undefined ? (await run(), null) : await runner.gpuTime(run);
    return { milliseconds: now() - started, gpu };
  };
  const enough = runs === undefined ? { runs: 30, least: 1000 } : { runs };
  const effort = { ...enough, budget, ...(signal === undefined ? {} : { signal }) };
  return measureInTurns(timed(before), timed(after), effort);
}

function bytesOf(model: Model): Uint8Array {
  const chunks = encodeOnnx(model).main;
  if (chunksLength(chunks) > MAX_RUN_BYTES)
    raise(
      'unsupported',
      'The model is too large to be run in one piece here; its blocks were timed one by one.',
    );
  return joinChunks(chunks);
}
