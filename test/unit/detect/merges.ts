import assert from 'node:assert/strict';
import type { Block, FusableBlock, RefusedBlock } from '../../../src/core/detect/block';
import { detect, type Detection } from '../../../src/core/detect/detect';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import type { Model } from '../../../src/core/ir/model';
import { toNdArray } from '../../../src/core/tensor/convert';
import { elementCount, type NdArray } from '../../../src/core/tensor/tensor';
import { fuseToBytes } from '../../support/models';
import { decodeBuilt, decodeBytes, type OnnxSpec } from '../../support/onnxBuilder';

/**
 * Merged and original in float64: each output is a sum of at most some hundred products, so their difference stays below
 * some hundred roundings of 2^-53 ≈ 1e-16, relative to the largest output.
 */
const TOLERANCE = 1e-13;

/** A mistake of this size in one weight is far smaller than any real one, and must not pass. */
const MISTAKE = 1e-9;

export function detectSpec(spec: OnnxSpec): Detection {
  return detect(decodeBuilt(spec));
}

export function fusableBlocks({ blocks }: { readonly blocks: readonly Block[] }): readonly FusableBlock[] {
  return blocks.filter((block) => block.status === 'fusable');
}

/**
 * Asserts that the graph is one block that merges, that the merged model computes the same in float64 for each of the
 * shapes, and that a merge that is a little wrong in one weight or one bias would not have passed.
 */
export function assertMerges(spec: OnnxSpec, shapes: readonly (readonly number[])[]): FusableBlock {
  const detection = detectSpec(spec);
  const [block, ...others] = fusableBlocks(detection);
  assert.ok(block, `nothing to merge: ${describe(detection.blocks)}`);
  assert.deepEqual(others, []);
  const before = decodeBuilt(spec);
  const after = decodeBytes(fuseToBytes(detection));
  const nodes = after.graph.nodes.filter((node) => node.name.endsWith('.reparam'));
  assert.equal(nodes.length, 1);
  for (const dims of shapes) assertSame(before, after, dims);
  return block;
}

function assertSame(before: Model, after: Model, dims: readonly number[]): void {
  const { dtype } = before.graph.inputs[0]!.type!;
  const data = Float64Array.from({ length: elementCount(dims) }, (_, i) => ((i * 6007 + 13) % 997) / 498 - 1);
  const feeds = new Map([['x', { dtype, dims, data }]]);
  const expected = outputOf(before, feeds);
  assert.ok(expected.data.length > 0, `a shape that gives something: ${dims.join('×')}`);
  const difference = (model: Model, overrides?: ReadonlyMap<string, NdArray>): number =>
    relativeDifference(expected, outputOf(model, feeds, overrides));
  const found = difference(after);
  assert.ok(found <= TOLERANCE, `${dims.join('×')}: relative difference ${found}`);
  for (const part of ['weight', 'bias']) {
    const name = [...after.graph.initializers.keys()].find((key) => key.endsWith(`.reparam.${part}`));
    // a merged matrix product has no bias unless one of its branches had
    if (name === undefined && part === 'bias') continue;
    assert.ok(name !== undefined);
    const right = toNdArray(after.graph.initializers.get(name)!);
    const wrong = new Map([[name, { ...right, data: right.data.map((value) => value + MISTAKE) }]]);
    assert.ok(difference(after, wrong) > TOLERANCE, `a wrong ${part} passes`);
  }
}

function outputOf(
  model: Model,
  feeds: ReadonlyMap<string, NdArray>,
  overrides: ReadonlyMap<string, NdArray> = new Map(),
): NdArray {
  const output = evaluateGraph(model, feeds, { overrides }).get('y');
  assert.ok(output);
  return output;
}

function relativeDifference(expected: NdArray, found: NdArray): number {
  assert.deepEqual(found.dims, expected.dims);
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(Number.isFinite(largest) && largest > 0);
  return (
    expected.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - found.data[at]!)), 0) /
    largest
  );
}

/**
 * Asserts that nothing of the graph merges, and that what is listed is one near miss with this code, or nothing (null);
 * a code with `?` may be left out. @returns the refused block.
 */
export function assertRefuses(spec: OnnxSpec, code: string | null): RefusedBlock | null {
  const { blocks } = detectSpec(spec);
  assert.deepEqual(fusableBlocks({ blocks }), [], 'merges what it must not');
  const [block] = blocks;
  const isListed = code !== null && (block !== undefined || !code.endsWith('?'));
  assert.deepEqual(
    blocks.map(({ refusal }) => refusal?.code),
    isListed ? [code.replace('?', '')] : [],
    describe(blocks),
  );
  if (block?.status !== 'refused') return null;
  assert.match(block.refusal.message, /^[^\n]+\.\)?$/);
  assert.ok(block.refusal.nodes.length > 0, 'a refusal names its nodes');
  return block;
}

function describe(blocks: readonly Block[]): string {
  return blocks
    .map(
      ({ id, family, refusal }) =>
        `${id} ${family} ${refusal === null ? '' : `${refusal.code}: ${refusal.message}`}`,
    )
    .join('; ');
}
