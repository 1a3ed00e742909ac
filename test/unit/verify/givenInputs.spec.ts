import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { ProblemError } from '../../../src/core/result';
import type { GivenSample } from '../../../src/core/inputs/givenSample';
import { sideOf } from '../../../src/core/verify/side';
import { commonBindings } from '../../../src/core/verify/network/samples';
import { verifyModels } from '../../../src/core/verify/verify';
import { sharedRunner } from '../../support/models';
import { decodeBuilt } from '../../support/onnxBuilder';
import { deployNetwork, trainNetwork } from './repvgg';

function image(dims: readonly number[], label: string): GivenSample {
  const [N = 1, , H = 1, W = 1] = dims;
  const count = dims.reduce((product, dim) => product * dim, 1);
  const data = Float64Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i)));
  return {
    label,
    feeds: new Map([['x', { dtype: 'float32', dims, data }]]),
    bindings: new Map(Object.entries({ N, H, W })),
  };
}

async function verify(given: readonly GivenSample[], dims?: readonly (number | string)[]) {
  const network = dims === undefined ? {} : { dims };
  return await verifyModels({
    original: detect(decodeBuilt(trainNetwork(network))),
    fused: decodeBuilt(deployNetwork(network)),
    runner: await sharedRunner(),
    samples: 2,
    given,
  });
}

describe('inputs that somebody gave', () => {
  it('are run besides the drawn ones, and named', async () => {
    const report = await verify([image([1, 6, 9, 7], 'cat.png')]);
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.deepEqual(report.inputs, ['x 1×6×32×32', 'x 2×6×33×40', 'cat.png: x 1×6×9×7']);
    const { histogram } = report.outputs[0]!;
    const elements = 3 * (32 * 32 + 2 * 33 * 40 + 9 * 7);
    assert.equal(
      histogram!.equal + histogram!.counts.reduce((sum, one) => sum + one, 0),
      elements,
      'every element of every run is in the histogram',
    );
  });

  it('that the original cannot run are said by name', async () => {
    const wrong = image([1, 6, 9, 7], 'cat.png');
    await assert.rejects(
      verify([wrong], [1, 6, 8, 8]),
      (error) => error instanceof ProblemError && /can't be run on "cat\.png"/.test(error.message),
    );
  });
});

describe('sizes of the whole runs', () => {
  it('give each open dimension at least two values', () => {
    const side = sideOf(decodeBuilt(trainNetwork()));
    const inputs = new Map([['x', 'x']]);
    for (const chosen of [
      new Map<string, number>(),
      new Map([
        ['N', 1],
        ['H', 32],
        ['W', 32],
      ]),
    ]) {
      const first = commonBindings(side, side, inputs, chosen).slice(0, 2);
      for (const symbol of ['N', 'H', 'W'])
        assert.equal(new Set(first.map((sizes) => sizes.get(symbol))).size, 2, symbol);
    }
  });

  it('begin with those that somebody chose', () => {
    const side = sideOf(decodeBuilt(trainNetwork()));
    const chosen = new Map([
      ['N', 3],
      ['H', 20],
      ['W', 30],
    ]);
    assert.deepEqual(commonBindings(side, side, new Map([['x', 'x']]), chosen)[0], chosen);
  });
});
