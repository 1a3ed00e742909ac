import assert from 'node:assert/strict';
import type { Detection } from '../../../src/core/detect/detect';
import type { FusableBlock } from '../../../src/core/detect/block';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { evaluateMagnitude } from '../../../src/core/eval/magnitude';
import { roundingBound } from '../../../src/core/eval/rounding';
import type { Model, Node } from '../../../src/core/ir/model';
import { ProblemError } from '../../../src/core/result';
import { unitRoundoff } from '../../../src/core/tensor/dtype';
import { byteLength, elementCount, type NdArray } from '../../../src/core/tensor/tensor';
import { numbers } from './rng';
import type { RandomNetwork } from './randomNetwork';
import { NoBound, runningError, type ErrorOptions } from './runningError';

/** The properties that make a fusion sound. Each throws an AssertionError that says what is wrong and where. */

export const DOUBLE = 2 ** -53;
/** What float64 holds of numbers near zero: a product below it is lost. */
const DOUBLE_UNDERFLOW = 2 ** -1022;

export function fusable(detection: Detection): readonly FusableBlock[] {
  return detection.blocks.filter((block) => block.status === 'fusable');
}

/** No node belongs to two blocks, and none that is a decoy to any. */
export function checkBlocks(detection: Detection, network: RandomNetwork): void {
  const taken = new Map<string, string>();
  for (const block of fusable(detection)) {
    for (const node of block.region.nodes) {
      const other = taken.get(node.name);
      assert.equal(other, undefined, `"${node.name}" belongs to ${other} and to ${block.id}`);
      taken.set(node.name, block.id);
      const decoy = node.outputs.find((output) => network.decoys.has(output));
      assert.equal(decoy, undefined, `${block.id} claims the decoy ${decoy} (${node.opType})`);
    }
  }
  for (const block of detection.blocks) {
    if (block.status === 'refused') assert.match(block.refusal.message, /^[^\n]+\.\)?$/);
  }
}

/**
 * Everything but the merged regions is as it was, bit by bit.
 * @returns the names of the new constants, which nobody but new nodes reads.
 */
export function checkUntouched(
  { analysis: { original, model: inlined } }: Detection,
  fused: Model,
  sinks: ReadonlySet<string>,
): ReadonlySet<string> {
  assert.deepEqual(fused.graph.inputs, original.graph.inputs);
  assert.deepEqual(fused.graph.outputs, original.graph.outputs);
  assert.deepEqual([...fused.opsets], [...original.opsets]);
  assert.deepEqual([...fused.graph.overridable], [...original.graph.overridable]);
  const before = new Map<string, Node>();
  for (const { graph } of [inlined, original]) {
    for (const node of graph.nodes) for (const output of node.outputs) before.set(output, node);
  }
  const isNew = (node: Node): boolean =>
    node.outputs.every((output) => sinks.has(output) || !before.has(output));
  const added = new Set<string>();
  for (const [name, tensor] of fused.graph.initializers) {
    const was = original.graph.initializers.get(name);
    if (was === undefined) {
      added.add(name);
      continue;
    }
    assert.deepEqual([tensor.dtype, tensor.dims], [was.dtype, was.dims]);
    if (byteLength(was) > 0)
      assert.ok(Buffer.from(tensor.bytes()).equals(was.bytes()), `"${name}" has other bytes`);
  }
  for (const node of fused.graph.nodes.filter((one) => !isNew(one))) {
    assert.deepEqual(essence(node), essence(before.get(node.outputs[0] ?? '')!));
    const foreign = node.inputs.find((input) => added.has(input));
    assert.equal(foreign, undefined, `"${node.name}" reads the new constant "${foreign}"`);
  }
  return added;
}

/** What a node computes, without what a reader made of it. */
function essence({ opType, domain, inputs, outputs, attributes }: Node): unknown {
  const settings = [...attributes].filter(([, { kind }]) => !['graph', 'graphs', 'tensor'].includes(kind));
  return { opType, domain, inputs, outputs, settings };
}

/** Values of one run of a network. */
export interface Run {
  readonly dims: readonly number[];
  readonly x: NdArray;
  /** Other numbers for the initializers that may be overridden. */
  readonly overrides: ReadonlyMap<string, NdArray>;
}

export function runsOf(network: RandomNetwork, original: Model, seed: number): readonly Run[] {
  const { dtype } = original.graph.inputs[0]!.type!;
  return network.runs.map((dims, place) => {
    const overrides = new Map<string, NdArray>();
    if (place === 0) {
      for (const name of network.overridable) {
        const tensor = original.graph.initializers.get(name)!;
        overrides.set(name, filled(tensor, numbers(seed, 7, name.length)));
      }
    }
    return { dims, x: filled({ dims, dtype }, numbers(seed, place)), overrides };
  });
}

/** Numbers between −1 and 1, as float32 holds them. */
export function filled({ dtype, dims }: Omit<NdArray, 'data'>, random: () => number): NdArray {
  const data = Float64Array.from({ length: elementCount(dims) }, () => Math.fround(2 * random() - 1));
  return { dtype, dims, data };
}

/**
 * A merged block against the nodes that it stands for, on random values of its source, in float64. The only difference
 * is one rounding of each weight and bias to the model's type, and what float64 rounds on both sides:
 *
 *     γ₁(u)·S_merged + 2·γ_n(2⁻⁵³)·S_abs + γ_m(2⁻⁵³)·S_merged      (the merged weights are themselves computed in float64)
 *
 * @returns false where the original can't be computed in float64 as far as the block.
 */
export function checkBlockExactly(
  detection: Detection,
  fused: Model,
  block: FusableBlock,
  run: Run,
): boolean {
  const original = detection.analysis.model;
  const { source, sink } = block.region;
  const feeds = blockFeeds(detection, block, run);
  if (feeds === null) return false;
  const { dtype } = feeds.get(source)!;
  const options = { outputs: [sink] };
  const want = evaluateGraph(original, feeds, options).get(sink)!;
  const got = evaluateGraph(fused, feeds, options).get(sink)!;
  const all = evaluateMagnitude(original, feeds, options).get(sink)!;
  const one = evaluateMagnitude(fused, feeds, options).get(sink)!;
  const count = 2 * (all.products + all.depth);
  const forOne = roundingBound(1, unitRoundoff(dtype)) + roundingBound(one.products + one.depth, DOUBLE);
  const forAll = roundingBound(count, DOUBLE);
  const lost = smallest(dtype) * one.products + DOUBLE_UNDERFLOW * count;
  compare(`${block.id} from "${source}" to "${sink}"`, got, want, (at) => {
    return forOne * one.magnitude.data[at]! + forAll * all.magnitude.data[at]! + lost;
  });
  return true;
}

/**
 * Values for what a block reads: random ones of the right shape for its source. A block may start from a padded tensor
 * and have branches that read what was padded; then both are what the network gives them.
 */
function blockFeeds(
  { analysis }: Detection,
  { region }: FusableBlock,
  run: Run,
): ReadonlyMap<string, NdArray> | null {
  const made = new Set(region.nodes.flatMap((node) => node.outputs));
  const read = new Set([region.source, ...region.nodes.flatMap((node) => node.inputs)]);
  const outside = [...read].filter(
    (name) => name !== '' && !made.has(name) && !analysis.facts.constants.has(name),
  );
  try {
    const options = { outputs: outside, overrides: run.overrides };
    const given = evaluateGraph(analysis.model, new Map([['x', run.x]]), options);
    if (outside.length > 1) return given;
    const source = given.get(region.source)!;
    return new Map([[region.source, filled(source, numbers(elementCount(source.dims), 5))]]);
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'unsupported') return null;
    throw error;
  }
}

/** The smallest number that a type holds; what is below it is lost in rounding a weight. */
function smallest(dtype: NdArray['dtype']): number {
  return dtype === 'float16' ? 2 ** -24 : dtype === 'float64' ? 2 ** -1074 : 2 ** -149;
}

/** Both networks as a whole against each other, in float64; false where a node has no bound. */
export function checkNetworkExactly(pair: Pair, run: Run): boolean {
  const options = { u: DOUBLE, accurateSigmoid: true, overrides: run.overrides };
  return compareNetworks(pair, run, options, null);
}

/** A network, what was made of it, and the constants that are new. */
export interface Pair {
  readonly original: Model;
  readonly fused: Model;
  readonly added: ReadonlySet<string>;
}

/** What a runtime gave for both networks. */
export interface Results {
  readonly original: ReadonlyMap<string, NdArray>;
  readonly fused: ReadonlyMap<string, NdArray>;
}

/** The same for the results of a runtime that computes in float32: each is within its own bound of the exact network. */
export function checkRuntime(pair: Pair, run: Run, results: Results): boolean {
  const options = { u: unitRoundoff('float32'), accurateSigmoid: false, overrides: run.overrides };
  return compareNetworks(pair, run, options, results);
}

function compareNetworks(
  { original, fused, added }: Pair,
  run: Run,
  options: ErrorOptions,
  results: Results | null,
): boolean {
  const feeds = new Map([['x', run.x]]);
  const { dtype } = original.graph.inputs[0]!.type!;
  const rounded = { u: unitRoundoff(dtype), smallest: smallest(dtype), names: added };
  try {
    const all = runningError(original, feeds, options);
    const one = runningError(fused, feeds, { ...options, rounded });
    for (const { name } of original.graph.outputs) {
      const [a, b] = [all.get(name)!, one.get(name)!];
      const [want, got] = [results?.original.get(name) ?? a.value, results?.fused.get(name) ?? b.value];
      compare(
        `output "${name}" at ${run.dims.join('×')}`,
        got,
        want,
        (at) => a.error.data[at]! + b.error.data[at]!,
      );
    }
    return true;
  } catch (error) {
    if (error instanceof NoBound) return false;
    if (error instanceof ProblemError && error.problem.code === 'unsupported') return false;
    throw error;
  }
}

function compare(what: string, got: NdArray, want: NdArray, bound: (at: number) => number): void {
  assert.deepEqual(got.dims, want.dims, `${what}: shapes differ`);
  want.data.forEach((value, at) => {
    const difference = Math.abs(value - got.data[at]!);
    // the bound itself is computed in float64, whose roundings are nothing beside it
    if (difference <= bound(at)) return;
    if (Number.isNaN(value) && Number.isNaN(got.data[at])) return;
    assert.fail(
      `${what}: element ${at} of ${want.dims.join('×')} is ${got.data[at]} instead of ${value}, ` +
        `${difference.toExponential(2)} apart where rounding allows ${bound(at).toExponential(2)}`,
    );
  });
}
