import { encodeOnnx } from '../onnx/encode';
import { chunksLength, joinChunks } from '../onnx/chunks';
import type { ModelRunner, Provider, RunnerSession } from '../ports';
import { sameDims, type NdArray } from '../tensor/tensor';
import { precisionOf } from './bounds';
import { largest, SIGMAS } from './network/exactRuns';
import { runCost } from './network/macs';
import { MAX_RUN_BYTES } from './network/networkRuns';
import { commonBindings, drawSample, type Sample } from './network/samples';
import { seededRandom } from './random';
import { checkCancelled, failureOf, runModel } from './runModel';
import type { Side } from './side';

/**
 * Whether two backends compute one and the same model alike, the original, before anything is said of a fusion.
 *
 * Two runs of n-term sums through d layers lie some √(n·d) roundings apart, each of them amplified as the network amplifies
 * small changes. That is measured: the reference runs a second time on inputs that are off by one rounding. The tolerance of an
 * output is 6σ·√(n·d) times what came of that, or times one rounding of its largest element where that is more.
 */
export interface BackendsTask {
  readonly original: Side;
  /** The backend that is trusted, and the one that is checked against it. */
  readonly reference: ModelRunner;
  readonly checked: ModelRunner;
  readonly seed: number;
  readonly sizes?: ReadonlyMap<string, number>;
  readonly signal?: AbortSignal;
}

export type BackendsOutcome =
  | { readonly kind: 'agree' }
  | {
      readonly kind: 'differ';
      readonly output: string;
      /** Largest difference; infinite where only one side is finite or the shapes differ. */
      readonly difference: number;
      readonly tolerance: number;
    }
  | { readonly kind: 'notRun'; readonly provider: Provider; readonly failure: string };

type Outputs = ReadonlyMap<string, NdArray>;

/** @throws ProblemError `cancelled` when told to stop. */
export async function compareBackends(task: BackendsTask): Promise<BackendsOutcome> {
  const { original, reference, checked } = task;
  const chunks = encodeOnnx(original.model).main;
  if (chunksLength(chunks) > MAX_RUN_BYTES) {
    const failure = 'it is too large to be run in one piece here; its blocks were run one by one.';
    return { kind: 'notRun', provider: reference.provider, failure };
  }
  const bytes = joinChunks(chunks);
  const runs = await withSession(task, reference, bytes, (session) => referenceRuns(task, session));
  if ('failure' in runs) return { kind: 'notRun', provider: reference.provider, failure: runs.failure };
  const { sample, outputs, shifted } = runs.value;
  const other = await withSession(task, checked, bytes, (session) => runModel(session, sample.feeds));
  if ('failure' in other) return { kind: 'notRun', provider: checked.provider, failure: other.failure };
  const { longestSum, layers } = workOf(original, sample);
  const roundings = SIGMAS * Math.sqrt(longestSum * layers);
  for (const [output, truth] of outputs) {
    const { u } = precisionOf(truth.dtype, checked.provider);
    const noise = Math.max(distance(truth, shifted.get(output)), u * largest(truth.data));
    const difference = distance(truth, other.value.get(output));
    const tolerance = roundings * noise;
    if (difference > tolerance) return { kind: 'differ', output, difference, tolerance };
  }
  return { kind: 'agree' };
}

interface ReferenceRuns {
  readonly sample: Sample;
  readonly outputs: Outputs;
  /** From inputs that are off by one rounding. */
  readonly shifted: Outputs;
}

/** At the first sizes that the model can be run at. */
async function referenceRuns(task: BackendsTask, session: RunnerSession): Promise<ReferenceRuns> {
  const { original, sizes, seed, checked } = task;
  const inputs = new Map(original.model.graph.inputs.map(({ name }) => [name, name]));
  const bindings = commonBindings(original, original, inputs, sizes);
  let failure: unknown = null;
  for (const binding of bindings) {
    checkCancelled(task.signal);
    const sample = drawSample(original, binding, seed, 0);
    try {
      const outputs = await runModel(session, sample.feeds);
      return {
        sample,
        outputs,
        shifted: await runModel(session, shiftedFeeds(sample, checked.provider, seed)),
      };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

function shiftedFeeds({ feeds }: Sample, provider: Provider, seed: number): Outputs {
  return new Map(
    [...feeds].map(([name, array]) => {
      const random = seededRandom(seed, 'shift', name);
      // integers stay as they are: an index off by one is another question
      const u = array.dtype.startsWith('float') ? precisionOf(array.dtype, provider).u : 0;
      return [name, { ...array, data: array.data.map((value) => value * (1 + u * random.sign())) }];
    }),
  );
}

function workOf(side: Side, { bindings }: Sample): { readonly longestSum: number; readonly layers: number } {
  const weighted = side.index.order.filter(({ opType }) =>
    ['Conv', 'ConvTranspose', 'Gemm', 'MatMul'].includes(opType),
  );
  return { longestSum: runCost(side, bindings).longestSum, layers: Math.max(1, weighted.length) };
}

/** Largest difference of two results; infinite where they can't be compared element by element. */
function distance(a: NdArray, b: NdArray | undefined): number {
  if (b === undefined || !sameDims(a.dims, b.dims)) return Infinity;
  let most = 0;
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [a.data[i] as number, b.data[i] as number];
    if (Object.is(x, y)) continue;
    if (!Number.isFinite(x) || !Number.isFinite(y)) return Infinity;
    most = Math.max(most, Math.abs(x - y));
  }
  return most;
}

async function withSession<T>(
  { signal }: BackendsTask,
  runner: ModelRunner,
  bytes: Uint8Array,
  use: (session: RunnerSession) => Promise<T>,
): Promise<{ readonly value: T } | { readonly failure: string }> {
  checkCancelled(signal);
  try {
    const session = await runner.load(bytes);
    try {
      return { value: await use(session) };
    } finally {
      await session.release();
    }
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
