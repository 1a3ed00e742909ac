import assert from 'node:assert/strict';
import { detect } from '../../../../src/core/detect/detect';
import type { ModelRunner } from '../../../../src/core/ports';
import { benchModels } from '../../../../src/core/verify/speed/bench';
import { speedSummary } from '../../../../src/core/verify/speed/speedSummary';
import { decodeBuilt, decodeBytes } from '../../../support/onnxBuilder';
import { evaluatorRunner } from '../evaluatorRunner';
import { deployNetwork, trainNetwork } from '../repvgg';

/** A runtime that takes a millisecond for each convolution, by a clock of its own. */
function clockedRunner(cost: (convs: number) => number): { runner: ModelRunner; now: () => number } {
  let time = 0;
  const inner = evaluatorRunner();
  const runner: ModelRunner = {
    ...inner,
    load: async (bytes) => {
      const convs = decodeBytes(bytes).graph.nodes.filter(({ opType }) => opType === 'Conv').length;
      const session = await inner.load(bytes);
      return {
        ...session,
        run: async (feeds) => {
          time += cost(convs);
          return await session.run(feeds);
        },
      };
    },
  };
  return { runner, now: () => time };
}

const models = () => ({
  original: detect(decodeBuilt(trainNetwork())),
  fused: decodeBuilt(deployNetwork()),
  runs: 5,
  sizes: new Map([
    ['N', 1],
    ['H', 4],
    ['W', 5],
  ]),
});

describe('benchModels', () => {
  it('times the whole model and each merged block, at the sizes that it has in the model', async () => {
    const report = await benchModels({ ...models(), ...clockedRunner((convs) => convs) });
    assert.equal(report.input, 'x 1×6×4×5');
    // three convolutions become two, the block's own two become one
    assert.deepEqual([report.whole?.before.median, report.whole?.after.median], [3, 2]);
    assert.equal(report.whole?.verdict, 'faster');
    assert.deepEqual(
      report.blocks.map(({ id, shape, comparison }) => [id, shape, comparison?.speedup]),
      [['b0', '1×6×4×5', 2]],
    );
    assert.match(report.summary, /^Merging pays on wasm here: .* 1\.5 times as fast\.$/);
  });

  it('says when merging does not pay', async () => {
    const { summary, whole } = await benchModels({ ...models(), ...clockedRunner((convs) => 10 - convs) });
    assert.equal(whole?.verdict, 'slower');
    assert.match(summary, /^Merging does not pay on wasm here: .*slower.*; block b0 alone is slower\.$/);
    const same = await benchModels({ ...models(), ...clockedRunner(() => 7) });
    assert.match(same.summary, /^Merging does not pay .* overlap/);
  });

  it('keeps what it can say when a model cannot be run', async () => {
    const { runner, now } = clockedRunner((convs) => convs);
    const failing: ModelRunner = {
      ...runner,
      load: async (bytes) => {
        const session = await runner.load(bytes);
        const isWhole = decodeBytes(bytes).graph.nodes.some(({ opType }) => opType === 'Relu');
        return isWhole ? { ...session, run: () => Promise.reject(new RangeError('out of memory')) } : session;
      },
    };
    const report = await benchModels({ ...models(), runner: failing, now });
    assert.equal(report.whole, null);
    assert.match(report.summary, /could not be timed on wasm: .*out of memory/);
    assert.equal(report.blocks[0]?.comparison?.speedup, 2);
    assert.ok(speedSummary({ ...report, failure: null }).endsWith('.'));
  });
});
