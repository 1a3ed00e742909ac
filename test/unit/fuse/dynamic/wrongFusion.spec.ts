import assert from 'node:assert/strict';
import type { KernelExpr } from '../../../../src/core/algebra/kernel/kernelExpr';
import { aggregation, type Aggregation } from '../../../../src/core/detect/dynamic/aggregation';
import type { FusableBlock } from '../../../../src/core/detect/block';
import type { Detection } from '../../../../src/core/detect/detect';
import { applyPlan } from '../../../../src/core/fuse/apply';
import { planFusion } from '../../../../src/core/fuse/plan';
import type { Model } from '../../../../src/core/ir/model';
import { blockFeeds, boundRatio, fixture, inputOf } from './support';

/** What a careless fusion would write: the same plan with one thing wrong. Each must exceed the bound that the right one keeps. */
describe('a dynamic convolution folded wrongly', () => {
  it('is within the bound when it is folded rightly', () => {
    for (const name of FIXTURES) assert.ok(ratioWith(name, (right) => right) <= 1, name);
  });

  it('is seen when what has coefficient 1 goes into every row though the weights do not add up to 1', () => {
    for (const name of ['beside_sigmoid.dynamo', 'kernel_nobias.dynamo', 'featurebeside_sigmoid.dynamo']) {
      const wrong = ratioWith(name, (right, block) => {
        const { rest } = right;
        assert.ok(rest !== null, `${name} has a part with coefficient 1`);
        const rows = right.rows.map((row) => sumOf(row, rest));
        return { ...right, rows, rest: null, restHasTaps: false, bias: block.bias };
      });
      assert.ok(wrong > 1000, `${name}: ${wrong} × the bound`);
    }
  });

  it('is seen when the shift of the BN is dropped', () => {
    const wrong = ratioWith('kernel_nobias.dynamo', (right) => ({ ...right, rest: null, bias: 'none' }));
    assert.ok(wrong > 1000, `${wrong} × the bound`);
  });

  it('is seen when the shift of the BN is left out of the rows', () => {
    const wrong = ratioWith('seed_dynamic_conv.dynamo', (right) => ({
      ...right,
      rows: right.rows.map(withoutShift),
    }));
    assert.ok(wrong > 1000, `${wrong} × the bound`);
  });

  it('is seen when the scale of the BN is left out', () => {
    const wrong = ratioWith('seed_dynamic_conv.legacy', (right) => ({
      ...right,
      rows: right.rows.map(withoutScale),
    }));
    assert.ok(wrong > 1000, `${wrong} × the bound`);
  });

  it('is seen when two kernels of the bank change places', () => {
    for (const name of FIXTURES) {
      const wrong = ratioWith(name, (right) => {
        const [first, second, ...others] = right.rows;
        return { ...right, rows: [second, first, ...others] as KernelExpr[] };
      });
      assert.ok(wrong > 1000, `${name}: ${wrong} × the bound`);
    }
  });

  it('is seen when a static branch is left out', () => {
    const wrong = ratioWith('beside_sigmoid.dynamo', (right) => ({
      ...right,
      rest: null,
      restHasTaps: false,
    }));
    assert.ok(wrong > 1000, `${wrong} × the bound`);
  });
});

describe('aggregation', () => {
  it('absorbs a static branch into the rows only where the weights add up to 1', () => {
    for (const [name, absorbed] of [
      ['beside_softmax.dynamo', true],
      ['beside_sigmoid.dynamo', false],
    ] as const) {
      const { better } = dynamicBlock(fixture(`${name}.onnx`)).dynamic ?? {};
      assert.equal(better?.aggregation.rest === null, absorbed, name);
      assert.equal(better?.aggregation.restHasTaps, !absorbed, name);
    }
  });

  it('keeps what has coefficient 1 apart where some kernel has no weight', () => {
    const identity: KernelExpr = {
      kind: 'identity',
      geometry: { inChannels: 2, outChannels: 2, groups: 2, axes: [] },
    };
    const head = {
      value: 'a',
      count: 3,
      activation: 'softmax',
      sumsToOne: true,
      temperature: 1,
      node: null,
    } as const;
    const mixed = { kind: 'mixed', rest: identity, layout: { kind: 'image' } } as const;
    const of = (places: readonly number[]): Aggregation | null =>
      aggregation({ ...mixed, terms: new Map(places.map((place) => [place, identity])) }, head, 'kernel', []);
    assert.equal(of([0, 1])?.rest, identity);
    assert.equal(of([0, 1])?.rows.length, 3);
    assert.equal(of([0, 1, 2])?.rest, null);
  });
});

const FIXTURES = [
  'seed_dynamic_conv.legacy',
  'seed_dynamic_conv.dynamo',
  'beside_softmax.dynamo',
  'beside_sigmoid.dynamo',
  'kernel_nobias.dynamo',
  'feature_chunk.dynamo',
  'featurebeside_sigmoid.dynamo',
];

function dynamicBlock({ blocks }: Detection): FusableBlock {
  const block = blocks.find((one) => one.dynamic !== undefined);
  if (block?.status !== 'fusable') throw new Error('no dynamic convolution to fuse');
  return block;
}

/** How far off the block is, in rounding bounds, when its aggregation is changed before it is planned. */
function ratioWith(
  name: string,
  change: (right: Aggregation, facts: { readonly bias: Aggregation['bias'] }) => Aggregation,
): number {
  const original = fixture(`${name}.onnx`);
  const block = dynamicBlock(original);
  const { dynamic } = block;
  if (!dynamic?.better) throw new Error('nothing to fold');
  const { better } = dynamic;
  const changed = change(better.aggregation, { bias: 'mixed' });
  const wrong = { ...block, dynamic: { ...dynamic, better: { ...better, aggregation: changed } } };
  const model: Model = applyPlan(original.analysis, planFusion({ ...original, blocks: [wrong] }));
  const feeds = blockFeeds(original, block, inputOf(original));
  return boundRatio(original.analysis.model, model, feeds, block.region.sink);
}

function sumOf(row: KernelExpr, rest: KernelExpr): KernelExpr {
  return {
    kind: 'sum',
    geometry: row.geometry,
    terms: [row, rest].map((of) => ({ coefficient: 1, of })),
  };
}

/** The row, and what was added to it, without the constants of its affine parts. */
function withoutShift(row: KernelExpr): KernelExpr {
  if (row.kind === 'affine') return { ...row, shift: null, of: withoutShift(row.of) };
  if (row.kind === 'sum')
    return { ...row, terms: row.terms.map((term) => ({ ...term, of: withoutShift(term.of) })) };
  return row;
}

function withoutScale(row: KernelExpr): KernelExpr {
  if (row.kind === 'affine') return { ...row, scale: null, of: withoutScale(row.of) };
  if (row.kind === 'sum')
    return { ...row, terms: row.terms.map((term) => ({ ...term, of: withoutScale(term.of) })) };
  return row;
}
