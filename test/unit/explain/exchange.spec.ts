import assert from 'node:assert/strict';
import { exchangedKernel, exchangeOf, placesOf } from '../../../src/core/explain/exchange';
import { fitBias } from '../../../src/core/explain/fitBias';
import { fitKernel } from '../../../src/core/explain/fitKernel';
import type { KernelCase } from '../../../src/core/explain/kernelCase';

const TOLERANCE = 1e-6;
const CHANNELS = 4;

/** A depthwise kernel of four channels and three taps, and what its deploy form holds. */
function given(order: readonly number[]): KernelCase {
  const train = Float64Array.from({ length: CHANNELS * 3 }, (_, i) => Math.sin(i + 1));
  const deploy = Float64Array.from(order.flatMap((row) => [...train.subarray(row * 3, row * 3 + 3)]));
  const axes = [{ first: -1, step: 1, count: 3, stride: 1, slack: 0, before: 1, after: 1 }];
  const geometry = { inChannels: CHANNELS, outChannels: CHANNELS, groups: CHANNELS, axes };
  return {
    sample: { geometry, channels: [0, 2, 4, 6], length: 3 } as unknown as KernelCase['sample'],
    branches: [],
    ...{ train, deploy, tolerance: new Float64Array(train.length).fill(TOLERANCE), unit: null },
  };
}

describe('channels in another order', () => {
  it('are one fault, with the places', () => {
    const { faults } = fitKernel(given([0, 3, 2, 1]));
    assert.deepEqual(
      faults.map(({ kind, message }) => [kind, message]),
      [
        [
          'weights',
          'Output channels of the merged kernel are exchanged: channel 2 holds what belongs to 6, channel 6 what belongs to 2.',
        ],
      ],
    );
    assert.deepEqual(faults[0]?.exchange, [0, 3, 2, 1]);
    assert.match(placesOf([1, 2, 3, 0], [0, 1, 2, 3]), /channel 2 what belongs to 3, and 1 more$/);
  });

  it('are none where a row is nobody’s, or all stand where they belong', () => {
    assert.equal(exchangedKernel(given([0, 1, 2, 3])), null);
    assert.equal(exchangedKernel(given([1, 1, 2, 3])), null, 'a row twice');
    const changed = given([1, 0, 2, 3]);
    changed.deploy[0] = (changed.deploy[0] ?? 0) + 3 * TOLERANCE;
    assert.equal(exchangedKernel(changed), null);
    assert.deepEqual(
      exchangeOf(Float64Array.of(1, 1, 2), Float64Array.of(1, 2, 1), new Float64Array(3), 1),
      [0, 2, 1],
    );
  });

  it('are said once for kernel and bias, and of the bias where only that is in another order', () => {
    const [train, deploy] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 4, 3, 2)];
    const bias = {
      ...{ train, deploy, tolerance: new Float64Array(4).fill(TOLERANCE), parts: [], branches: [] },
      channels: [0, 2, 4, 6],
    };
    assert.equal(fitBias(bias, fitKernel(given([0, 3, 2, 1])).faults), null);
    assert.equal(
      fitBias(bias, [])?.message,
      'Values of the merged bias are exchanged: channel 2 holds what belongs to 6, channel 6 what belongs to 2.',
    );
  });
});
