import type { Detection } from '../detect/detect';
import type { GivenSample } from '../inputs/givenSample';
import type { Model } from '../ir/model';
import type { ModelRunner, Progress } from '../ports';
import type { NdArray } from '../tensor/tensor';
import { exactResult } from './block/blockRuns';
import { blockShapes } from './block/blockShapes';
import { checkBlock, type BlockCheck } from './block/checkBlock';
import { drawInput } from './distributions';
import type { Likeness } from './match/likeness';
import { linearParts } from './match/linearParts';
import { matchModels, type BlockMatch, type ModelMatch } from './match/matchModels';
import type { Part } from './match/part';
import { DifferenceMeter } from './metrics';
import { checkNetwork, type NetworkCheck } from './network/checkNetwork';
import type { ExactMemo } from './network/exactRuns';
import { seededRandom } from './random';
import type { BlockComparison, VerificationReport } from './report';
import { checkCancelled } from './runModel';
import { sideOf, sideOfDetection, type Side } from './side';
import { judge } from './verdict';

/**
 * Whether a fused model is the function that the original is. Three kinds of evidence, from strong to weak:
 *
 * 1. Structure. Nodes outside blocks are equal, constants byte for byte (match/).
 * 2. Blocks. Each replaced block is computed alone, in float64 and on the runtime, on inputs that show every tap and the border;
 *    the tolerance is a worst-case rounding bound (block/, bounds.ts). With 1 it covers the whole network.
 * 3. Whole runs. Outputs on seeded inputs, on the runtime and, where affordable, in float64 (network/). Through many layers no
 *    worst-case bound says anything, so the tolerance is measured: how far the float64 output moves when each weight moves by
 *    about one rounding, and how far the runtime is from float64 on the original. Where the structure can't be matched (somebody
 *    else's conversion), this is all there is, and the reason says so.
 *
 * A runtime that is further from float64 than rounding explains is named as the culprit; then the verdict is `inconclusive`
 * unless float64 itself shows a difference.
 */
export interface VerifyOptions {
  readonly original: Detection;
  readonly fused: Model;
  readonly runner: ModelRunner;
  /** Runs of the whole network; 3 when left out. */
  readonly samples?: number;
  /** 0 when left out; the same seed gives the same report. */
  readonly seed?: number;
  /** Sizes of the original's open dimensions for the whole runs, by symbol; several are tried when left out. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Inputs for whole runs besides the drawn ones. */
  readonly given?: readonly GivenSample[];
  /** Given to two verifications of the same two models on two runtimes, it saves the second the float64 runs. */
  readonly memo?: ExactMemo;
  /** What counts as the same outside blocks; byte by byte when left out. */
  readonly likeness?: Likeness;
  /** Finds the faults of a block that differs or has no counterpart. */
  readonly diagnose?: Diagnose;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** @param comparison what the measurement of the block found; the result stands in its place. */
export type Diagnose = (
  match: BlockMatch,
  sides: { readonly original: Side; readonly fused: Side },
  comparison: BlockComparison,
) => BlockComparison;

/** Share of the progress bar that the blocks take. */
const BLOCKS_SHARE = 0.6;

/** @throws ProblemError `cancelled` when told to stop; what is wrong with the models goes into the report. */
export async function verifyModels(options: VerifyOptions): Promise<VerificationReport> {
  const { original: detection, runner, progress } = options;
  const original = sideOfDetection(detection);
  progress?.(0, 'matching the two models');
  const fused = sideOf(options.fused);
  const parts = linearParts(detection, original);
  const match = matchModels(original, fused, parts, nearest(original, fused), options.likeness);
  const checks = await checkBlocks(options, match, original, fused);
  progress?.(BLOCKS_SHARE, 'running both models');
  const network = await compareNetworks(options, match, original, fused);
  const runtime = `onnxruntime-web (${runner.provider})`;
  const blocks = [...checks.values()];
  const judgement = network === null ? unmatchable(match) : judge({ match, blocks, network, runtime });
  progress?.(1, 'done');
  return {
    ...judgement,
    provider: runner.provider,
    adapter: runner.adapter,
    outputs: network?.outputs ?? [],
    inputs: network?.samples ?? [],
    blocks: match.blocks.flatMap((one) => {
      const comparison = checks.get(one)?.comparison ?? notCompared(one);
      if (one.block.optional === true && comparison.verdict === 'equivalent') return [];
      const isLost = one.kind === 'missing' && judgement.verdict === 'not-equivalent';
      return [isLost ? diagnosed(options, one, { original, fused }, comparison) : comparison];
    }),
  };
}

function diagnosed(
  { diagnose }: VerifyOptions,
  match: BlockMatch,
  sides: { readonly original: Side; readonly fused: Side },
  comparison: BlockComparison,
): BlockComparison {
  return diagnose === undefined ? comparison : diagnose(match, sides, comparison);
}

async function checkBlocks(
  options: VerifyOptions,
  match: ModelMatch,
  original: Side,
  fused: Side,
): Promise<ReadonlyMap<BlockMatch, BlockCheck>> {
  const { runner, seed = 0, signal, progress } = options;
  const checks = new Map<BlockMatch, BlockCheck>();
  const replaced = match.blocks.filter(({ kind }) => kind === 'replaced');
  for (const one of replaced) {
    checkCancelled(signal);
    progress?.((BLOCKS_SHARE * checks.size) / replaced.length, `checking block ${one.block.id}`);
    const { block, source, sink, attention } = one;
    const more = attention === undefined ? {} : { attention };
    const task = { block, original, fused, source, sink, runner, seed, ...more };
    const check = await checkBlock(signal === undefined ? task : { ...task, signal });
    const differs = check.comparison.verdict === 'not-equivalent';
    const comparison = differs
      ? diagnosed(options, one, { original, fused }, check.comparison)
      : check.comparison;
    checks.set(one, { ...check, comparison });
  }
  return checks;
}

/** Null where the models have not the same inputs and outputs. */
async function compareNetworks(
  options: VerifyOptions,
  match: ModelMatch,
  original: Side,
  fused: Side,
): Promise<NetworkCheck | null> {
  const { inputs, outputs, isComplete } = match;
  const { runner, samples = 3, seed = 0, sizes, given, memo, signal, progress } = options;
  if (inputs === null || outputs === null) return null;
  return await checkNetwork({
    ...{ original, fused, fusedModel: options.fused, inputs, outputs, isComplete, runner, samples, seed },
    ...(sizes === undefined ? {} : { sizes }),
    ...(given === undefined ? {} : { given }),
    ...(memo === undefined ? {} : { memo }),
    ...(signal === undefined ? {} : { signal }),
    progress: (fraction, label) => progress?.(BLOCKS_SHARE + (1 - BLOCKS_SHARE) * fraction, label),
  });
}

function unmatchable({ inputs }: ModelMatch): Pick<VerificationReport, 'verdict' | 'reason'> {
  const what = inputs === null ? 'inputs' : 'outputs';
  return { verdict: 'not-equivalent', reason: `The two models have different ${what}.` };
}

function notCompared({ block, kind }: BlockMatch): BlockComparison {
  const { id } = block;
  if (kind === 'unchanged') {
    return { id, verdict: 'equivalent', scope: 'all sizes: the block is unchanged', ratio: null, faults: [] };
  }
  return { id, verdict: 'inconclusive', scope: 'not found in the second model', ratio: null, faults: [] };
}

/** Of several values that a block's result may be, the one that float64 puts nearest on one random input. */
function nearest(original: Side, fused: Side) {
  return (block: Part, source: string, sinks: readonly string[]): string => {
    const [first = ''] = sinks;
    const dims = blockShapes(original, block)?.shapes[0];
    if (dims === undefined) return first;
    const dtype = original.facts.types.get(block.region.source)?.dtype ?? 'float32';
    const input = drawInput('normal', dims, dtype, seededRandom(0, 'nearest', block.id));
    const truth = exactResult(
      { side: original, source: block.region.source, sink: block.region.sink },
      input,
    );
    if ('failure' in truth) return first;
    let best = { sink: first, distance: Infinity };
    for (const sink of sinks) {
      const result = exactResult({ side: fused, source, sink }, input);
      const distance = 'failure' in result ? Infinity : distanceOf(truth.value, result.value);
      if (distance < best.distance) best = { sink, distance };
    }
    return best.sink;
  };
}

function distanceOf(a: NdArray, b: NdArray): number {
  if (a.data.length !== b.data.length) return Infinity;
  const meter = new DifferenceMeter();
  meter.add(a, b);
  return meter.result().rms;
}
