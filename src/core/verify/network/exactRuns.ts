import { evaluateGraph } from '../../eval/evaluateGraph';
import type { Model } from '../../ir/model';
import { sameDims, type NdArray } from '../../tensor/tensor';
import { FLOAT64_NOISE } from '../bounds';
import { checkCancelled, failureOf } from '../runModel';
import { runCost } from './macs';
import { fusedFeeds, fusedOutputs, type NetworkTask, type Outputs } from './networkTask';
import { perturbWeights } from './perturb';
import type { Sample } from './samples';
import { Spread } from './spread';

/** Both networks in float64 on one sample, and how far apart rounding of their weights may put them. */
export interface ExactRun {
  readonly original: Outputs;
  readonly fused: Outputs;
  /** By output and element: what weights off by a rounding or two make of it, once (σ) and as a tolerance. */
  readonly deviations: ReadonlyMap<string, Float64Array>;
  readonly tolerances: ReadonlyMap<string, Float64Array>;
  readonly longestSum: number;
}

export type ExactOutcome =
  { readonly run: ExactRun } | { readonly failure: string; readonly isFusedAtFault: boolean };

/** Outcomes by sample, kept for a second verification of the same two models: float64 does not depend on the runtime. */
export type ExactMemo = Map<string, ExactOutcome>;

/** More than this takes too long for even one run (some 10^9 multiply-accumulates a second). */
const MAX_MACS = 2e9;

/**
 * Multiply-accumulates for all runs of all samples: where they only check what structure and blocks prove, where they are all, and
 * where the network is nothing but blocks side by side, each of which was already computed alone.
 */
const EXACT_BUDGET = { complete: 6e9, incomplete: 24e9, apart: 1e9 } as const;

/** Multiply-accumulates for all runs. What no block stands for in a checkpoint is computed here or nowhere, as in a model. */
export function exactBudget({ original, isComplete }: Pick<NetworkTask, 'original' | 'isComplete'>): number {
  if (!isComplete) return EXACT_BUDGET.incomplete;
  return EXACT_BUDGET[original.model.format === 'checkpoint' ? 'apart' : 'complete'];
}

/** Runs of either model with perturbed weights, where the budget allows; one at least. */
const DRAWS = 2;

/** What is spent on one sample: a plain run of both models and `draws` perturbed ones of both; null: too much. */
export function affordableDraws(
  macs: number,
  budget: number,
): { readonly draws: number; readonly macs: number } | null {
  for (let draws = DRAWS; draws >= 1; draws--) {
    const total = 2 * (1 + draws) * macs;
    if (total <= budget) return { draws, macs: total };
  }
  return null;
}

/**
 * Of a million normal numbers the largest is 4.9 σ off; σ itself comes from a few draws. The draws put two to three
 * roundings on each weight, where real ones average half a unit: this is a bound with room, not an estimate.
 */
export const SIGMAS = 6;

/** Multiply-accumulates of one run of the heavier model; null where that is too much for float64 or not known. */
export function exactCost(
  task: NetworkTask,
  sample: Sample,
): { readonly macs: number; readonly longestSum: number } | null {
  const ours = runCost(task.original, sample.bindings);
  const theirs = runCost(task.fused, sample.bindings);
  const macs = Math.max(ours.macs ?? 0, theirs.macs ?? 0);
  if (ours.macs === null || macs > MAX_MACS) return null;
  return { macs, longestSum: Math.max(ours.longestSum, theirs.longestSum) };
}

/** Evaluates both models, and each a few times with weights that are off by about a rounding. */
export function exactRun(
  task: NetworkTask,
  sample: Sample,
  number: number,
  { draws, longestSum }: { readonly draws: number; readonly longestSum: number },
): ExactOutcome {
  const evaluate = (model: Model): Outputs => evaluated(task, model, sample.feeds, [...task.outputs.keys()]);
  const evaluateFused = (model: Model): Outputs =>
    fusedOutputs(task, evaluated(task, model, fusedFeeds(task, sample), [...task.outputs.values()]));
  let isFusedAtFault = false;
  try {
    const original = evaluate(task.original.model);
    isFusedAtFault = true;
    const fused = evaluateFused(task.fused.model);
    const shapes = differentShapes(original, fused);
    if (shapes !== null) return { failure: shapes, isFusedAtFault };
    isFusedAtFault = false;
    const spreads = new Map([...original].map(([name, array]) => [name, new Spread(array.dims)]));
    for (let draw = 0; draw < draws; draw++) {
      const label = number * DRAWS + draw;
      addDraw(spreads, original, evaluate(perturbWeights(task.original.model, task.seed, label)));
      addDraw(spreads, fused, evaluateFused(perturbWeights(task.fused.model, task.seed, label)));
    }
    return { run: { original, fused, longestSum, ...tolerances(original, spreads) } };
  } catch (error) {
    return { failure: failureOf(error), isFusedAtFault };
  }
}

/** One sentence on the first output whose shape differs, or null. */
export function differentShapes(original: Outputs, fused: Outputs): string | null {
  for (const [name, { dims }] of original) {
    const theirs = fused.get(name)?.dims ?? [];
    if (sameDims(dims, theirs)) continue;
    return `Output "${name}" has shape [${theirs.join(', ')}] in the second model and [${dims.join(', ')}] in the first.`;
  }
  return null;
}

function evaluated(
  { signal }: NetworkTask,
  model: Model,
  feeds: ReadonlyMap<string, NdArray>,
  outputs: readonly string[],
): Outputs {
  checkCancelled(signal);
  return evaluateGraph(model, feeds, signal === undefined ? { outputs } : { outputs, signal });
}

function addDraw(spreads: ReadonlyMap<string, Spread>, exact: Outputs, perturbed: Outputs): void {
  for (const [name, spread] of spreads) {
    const [a, b] = [exact.get(name), perturbed.get(name)];
    // an output whose size depends on its elements (a list of detections) has no element-wise spread
    if (a !== undefined && b !== undefined && sameDims(a.dims, b.dims)) spread.add(a, b);
  }
}

function tolerances(
  original: Outputs,
  spreads: ReadonlyMap<string, Spread>,
): Pick<ExactRun, 'deviations' | 'tolerances'> {
  const deviations = new Map<string, Float64Array>();
  const result = new Map<string, Float64Array>();
  for (const [name, spread] of spreads) {
    // the draws of both models are pooled; their difference has the variance of both
    const deviation = spread.ownDeviations().map((one) => one * Math.SQRT2);
    const noise = FLOAT64_NOISE * largest(original.get(name)?.data ?? []);
    deviations.set(name, deviation);
    result.set(
      name,
      deviation.map((one) => SIGMAS * one + noise),
    );
  }
  return { deviations, tolerances: result };
}

/** The largest finite size of a number. */
export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > most && size < Infinity) most = size;
  }
  return most;
}
