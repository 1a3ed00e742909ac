import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { explainModels } from '../../../src/core/explain/explain';
import { seededRandom } from '../../../src/core/verify/random';
import type { VerificationReport } from '../../../src/core/verify/report';
import { drawBlock, type BlockSpec } from '../../support/faultyPairs/blocks';
import { mergeBlock } from '../../support/faultyPairs/merge';
import { deployNetwork, trainNetwork, type DeployBlock } from '../../support/faultyPairs/network';
import { decodeBuilt, type OnnxSpec } from '../../support/onnxBuilder';
import { evaluatorRunner } from '../verify/evaluatorRunner';

/** What is no fault: another type, other names, less or more folded; and what still is one. */
async function explain(train: OnnxSpec, deploy: OnnxSpec): Promise<VerificationReport> {
  const original = detect(decodeBuilt(train));
  return await explainModels({ original, fused: decodeBuilt(deploy), runner: evaluatorRunner(), samples: 1 });
}

const style = { folded: false, openSizes: false, padMode: new Map() };

function blocksOf(family: string): readonly BlockSpec[] {
  return [0, 1].map((place) => drawBlock(family, seededRandom(11, family, place), 6, true));
}

function formOf(block: BlockSpec): DeployBlock {
  const pad = (block.side - 1) / 2;
  return { ...mergeBlock(block), pads: [pad, pad, pad, pad], stride: block.stride };
}

/** Weights stored in another type, with casts to and from it around the network. */
function inType(spec: OnnxSpec, dtype: 'float16' | 'bfloat16' | 'float64'): OnnxSpec {
  const to = { float16: 10, bfloat16: 16, float64: 11 }[dtype];
  const initializers = Object.fromEntries(
    Object.entries(spec.initializers ?? {}).map(([name, tensor]) => [
      name,
      tensor.dtype === undefined ? { ...tensor, dtype } : tensor,
    ]),
  );
  const inner = spec.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => (input === 'x' ? 'x.cast' : input)),
    outputs: node.outputs.map((output) => (output === 'y' ? 'y.cast' : output)),
  }));
  return {
    ...spec,
    initializers,
    nodes: [
      { op: 'Cast', inputs: ['x'], outputs: ['x.cast'], attrs: { to } },
      ...inner,
      { op: 'Cast', inputs: ['y.cast'], outputs: ['y'], attrs: { to: 1 } },
    ],
  };
}

describe('explaining forms that are the same function', () => {
  for (const dtype of ['float16', 'bfloat16', 'float64'] as const) {
    for (const family of ['RepVGG', 'MobileOne']) {
      it(`${family} deployed in ${dtype}: rounding in its own type is no fault`, async () => {
        const blocks = blocksOf(family);
        const report = await explain(
          trainNetwork(blocks, style),
          inType(deployNetwork(blocks, blocks.map(formOf), false), dtype),
        );
        assert.equal(report.verdict, 'equivalent', report.reason);
        assert.deepEqual(
          report.blocks.flatMap(({ faults }) => faults),
          [],
        );
      });

      it(`${family} deployed in ${dtype}: a dropped bias still is one`, async () => {
        const blocks = blocksOf(family);
        const forms = blocks
          .map(formOf)
          .map((form, i) => (i === 1 ? { ...form, bias: form.bias.map(() => 0) } : form));
        const report = await explain(
          trainNetwork(blocks, style),
          inType(deployNetwork(blocks, forms, false), dtype),
        );
        assert.equal(report.verdict, 'not-equivalent', report.reason);
        assert.deepEqual(
          report.blocks.map(({ id, faults }) => [id, faults.map(({ kind }) => kind)]),
          [
            ['b0', []],
            ['b1', ['bias']],
          ],
        );
      });
    }
  }

  it('a weight one unit in the last place off is rounding, one that is 1e-3 off is a fault', async () => {
    const blocks = blocksOf('RepVGG');
    const off = (by: number) =>
      deployNetwork(
        blocks,
        blocks.map(formOf).map((form, i) => {
          if (i === 0) return form;
          const weight = form.weight.map(Math.fround);
          weight[0] = (weight[0] as number) * (1 + by);
          return { ...form, weight };
        }),
        false,
      );
    const train = trainNetwork(blocks, style);
    assert.equal((await explain(train, off(2 ** -23))).verdict, 'equivalent');
    const report = await explain(train, off(1e-3));
    assert.equal(report.verdict, 'not-equivalent');
    const [, second] = report.blocks;
    assert.deepEqual(
      second?.faults.map(({ kind }) => kind),
      ['weights'],
    );
    assert.match(second.faults[0]?.message ?? '', /^1 weights? of the merged kernel/);
    // one weight of output channel 0 moves nothing else
    const wrong = second.errorMap?.channels.flatMap((error, channel) => (error > 0 ? [channel] : [])) ?? [];
    assert.ok(wrong.includes(0));
  });

  it('BNs that the train form keeps and the deploy form folds, beside the blocks too', async () => {
    const blocks = blocksOf('RepVGG');
    const plain: BlockSpec = {
      ...(blocks[0] as BlockSpec),
      branches: (blocks[0] as BlockSpec).branches.slice(0, 1),
    };
    const stages = [plain, ...blocks];
    const report = await explain(
      trainNetwork(stages, style),
      deployNetwork(stages, stages.map(formOf), false),
    );
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.deepEqual(
      report.blocks.map(({ id }) => id),
      ['b0', 'b1'],
    );
    const forms = stages
      .map(formOf)
      .map((form, i) => (i === 0 ? { ...form, bias: form.bias.map(() => 0) } : form));
    const wrong = await explain(trainNetwork(stages, style), deployNetwork(stages, forms, false));
    assert.equal(wrong.verdict, 'not-equivalent');
    const [outside] = wrong.blocks.filter(({ verdict }) => verdict !== 'equivalent');
    assert.deepEqual(
      [outside?.id, outside?.faults.map(({ kind }) => kind)],
      ['outside:blocks.0.0.conv', ['bias']],
    );
  });

  it('blocks left unfused, folded only as far as an exporter does', async () => {
    const blocks = blocksOf('RepVGG');
    const report = await explain(
      trainNetwork(blocks, style),
      trainNetwork(blocks, { ...style, folded: true }),
    );
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.deepEqual(
      report.blocks.map(({ verdict }) => verdict),
      ['equivalent', 'equivalent'],
    );
  });

  it('a block with two mistakes: both are said, the larger one first', async () => {
    const blocks = blocksOf('RepVGG');
    const second = blocks[1] as BlockSpec;
    const [, point, identity] = second.branches;
    const merged = mergeBlock(
      second,
      new Map([
        [point!, { drop: true }],
        [identity!, { ignoreBn: true }],
      ]),
    );
    const forms = [formOf(blocks[0] as BlockSpec), { ...formOf(second), ...merged }];
    const report = await explain(trainNetwork(blocks, style), deployNetwork(blocks, forms, false));
    const [, found] = report.blocks;
    assert.deepEqual(found?.faults.map(({ kind }) => kind).sort(), ['identity-branch', 'missing-branch']);
    const shares = found.faults.map(({ share }) => share);
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => b - a),
    );
    // the two take all of the difference
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 0.05, shares.join());
  });
});
