import assert from 'node:assert/strict';
import { detect, type Detection } from '../../../src/core/detect/detect';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { standardOpset } from '../../../src/core/eval/modelRun';
import type { Model } from '../../../src/core/ir/model';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeModel, fuseModel } from '../../../src/core/pipeline';
import { ProblemError, unwrap } from '../../../src/core/result';
import { runNetworks } from './runNetworks';
import { buildOnnx, decodeBytes } from '../onnxBuilder';
import { fuseToBytes } from '../models';
import {
  checkBlockExactly,
  checkBlocks,
  checkNetworkExactly,
  checkRuntime,
  checkUntouched,
  fusable,
  runsOf,
  type Run,
} from './checks';
import type { AnyRecipe } from './arbitraries';
import { buildAny } from './buildAny';
import type { RandomNetwork } from './randomNetwork';
import type { Tally } from './tally';

/** Fuses the graph of a recipe and checks everything that a sound fusion must keep. @throws AssertionError */
export async function checkRecipe(recipe: AnyRecipe, tally: Tally): Promise<void> {
  const network = buildAny(recipe);
  if (network === null) {
    tally.discarded += 1;
    return;
  }
  await checkNetwork(network, tally);
}

async function checkNetwork(network: RandomNetwork, tally: Tally): Promise<void> {
  const bytes = buildOnnx(network.spec);
  const original = decodeBytes(bytes);
  const runs = runsOf(network, original, network.settings.seed).filter((run) => canRun(original, run));
  if (runs.length === 0) {
    tally.discarded += 1;
    return;
  }
  const detection = detect(original);
  checkBlocks(detection, network);
  count(tally, detection, network);
  const blocks = fusable(detection);
  if (blocks.length === 0) return;
  const { plan, model } = unwrap(fuseModel(detection));
  const fusedBytes = joinChunks(unwrap(encodeModel(model)).main);
  const fused = decodeBytes(fusedBytes);
  assert.equal(standardOpset(fused), network.settings.opset);
  const added = checkUntouched(detection, fused, new Set(plan.steps.map((step) => step.sink)));
  const pair = { original, fused, added };
  for (const [place, run] of runs.entries()) {
    for (const block of blocks.filter((one) => one.dynamic === undefined)) {
      if (checkBlockExactly(detection, fused, block, run)) tally.blocksExactly += 1;
    }
    // once will do: it costs most, and the blocks say more
    if (place === 0 && checkNetworkExactly(pair, run)) tally.networksExactly += 1;
  }
  checkSecondFusion(fused, runs, tally);
  if (network.settings.dtype !== 'float32') return;
  const results = await runNetworks({ original: bytes, fused: fusedBytes }, runs);
  if (results === null) tally.runtimeRefused += 1;
  results?.forEach((result, place) => {
    if (checkRuntime(pair, { ...runs[place]!, overrides: new Map() }, result)) tally.networksOnRuntime += 1;
  });
}

/**
 * Two merged convolutions in a row may be merged into one, and a border that was read between two convolutions may be
 * gone: so a second fusion may find more. What it finds must be as sound as the first.
 */
function checkSecondFusion(fused: Model, runs: readonly Run[], tally: Tally): void {
  const detection = detect(fused);
  const blocks = fusable(detection);
  if (blocks.length === 0) return;
  tally.mergedAgain += 1;
  const twice = decodeBytes(fuseToBytes(detection));
  const affine = blocks.filter((block) => block.dynamic === undefined);
  for (const run of runs) for (const block of affine) checkBlockExactly(detection, twice, block, run);
}

/** Whether the original itself can be computed; an operator that only the evaluator lacks does not count. */
function canRun(original: Model, run: Run): boolean {
  try {
    evaluateGraph(original, new Map([['x', run.x]]), { overrides: run.overrides });
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code === 'unsupported';
    throw error;
  }
}

function count(tally: Tally, detection: Detection, network: RandomNetwork): void {
  const blocks = fusable(detection);
  tally.graphs += 1;
  if (blocks.length > 0) tally.merging += 1;
  if ([...network.tags.values()].some((tag) => tag.startsWith('decoy'))) tally.decoyed += 1;
  tally.blocks += blocks.length;
  const inside = new Set(blocks.flatMap((block) => block.region.nodes.flatMap((node) => node.outputs)));
  for (const node of network.spec.nodes) {
    const [output = ''] = node.outputs;
    tally.construct(network.tags.get(output) ?? node.op, inside.has(output));
  }
  for (const block of detection.blocks) if (block.status === 'refused') tally.refusal(block.refusal.code);
}
