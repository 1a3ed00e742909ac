import assert from 'node:assert/strict';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { DifferenceMeter, indexAt } from '../../../src/core/verify/metrics';

function array(dims: readonly number[], ...data: readonly number[]): NdArray {
  return { dtype: 'float32', dims, data: Float64Array.from(data) };
}

/** A few float64 operations on numbers near 1. */
const NOISE = 1e-14;

describe('DifferenceMeter', () => {
  it('measures hand-made values', () => {
    const meter = new DifferenceMeter();
    meter.add(array([2, 2], 1, -4, 2, 0), array([2, 2], 1, -3, 2, 0.5));
    const result = meter.result();
    assert.equal(result.maxAbs, 1);
    assert.equal(result.maxRel, 1 / 4);
    assert.ok(Math.abs(result.rms - Math.sqrt(1.25 / 4)) < NOISE);
    assert.ok(Math.abs(result.cosine - 17 / Math.sqrt(21 * 14.25)) < NOISE);
    assert.deepEqual(result.worstIndex, [0, 1]);
    assert.equal(result.worstTolerance, null);
  });

  it('keeps the worst place over several pairs', () => {
    const meter = new DifferenceMeter();
    meter.add(array([3], 0, 0, 0), array([3], 0, 0, 0.5));
    meter.add(array([3], 0, 0, 0), array([3], 2, 0, 0));
    meter.add(array([3], 0, 0, 0), array([3], 0, 1, 0));
    assert.deepEqual(meter.result().worstIndex, [0]);
    assert.equal(meter.result().maxAbs, 2);
    assert.equal(meter.result().maxRel, Infinity);
  });

  it('finds the place of the largest ratio, which is not that of the largest difference', () => {
    const meter = new DifferenceMeter();
    meter.add(array([2], 0, 0), array([2], 3, 1), (element) => (element === 0 ? 6 : 0.5));
    const { ratio, atRatio, worstTolerance } = meter.result();
    assert.equal(ratio, 2);
    assert.deepEqual(atRatio, { index: [1], difference: 1, tolerance: 0.5 });
    assert.equal(worstTolerance, 6);
  });

  it('takes no difference for no ratio even where nothing is tolerated', () => {
    const meter = new DifferenceMeter();
    meter.add(array([1], 5), array([1], 5), () => 0);
    assert.equal(meter.result().ratio, 0);
    meter.add(array([1], 5), array([1], 6), () => 0);
    assert.equal(meter.result().ratio, Infinity);
  });

  it('counts what is not finite apart', () => {
    const meter = new DifferenceMeter();
    meter.add(array([5], NaN, Infinity, Infinity, 1, 2), array([5], NaN, Infinity, -Infinity, NaN, 2));
    const { sameNonFinite, otherNonFinite, count, maxAbs } = meter.result();
    assert.deepEqual(
      { sameNonFinite, otherNonFinite, count, maxAbs },
      { sameNonFinite: 2, otherNonFinite: 2, count: 5, maxAbs: 0 },
    );
  });

  it('calls two tensors of zeros parallel', () => {
    const meter = new DifferenceMeter();
    meter.add(array([2], 0, 0), array([2], 0, 0));
    assert.equal(meter.result().cosine, 1);
    assert.equal(meter.result().maxRel, 0);
  });
});

describe('indexAt', () => {
  it('turns element numbers into indices', () => {
    assert.deepEqual(indexAt([2, 3, 4], 23), [1, 2, 3]);
    assert.deepEqual(indexAt([2, 3, 4], 6), [0, 1, 2]);
    assert.deepEqual(indexAt([], 0), []);
  });
});
