import assert from 'node:assert/strict';
import { TopMeter } from '../../../src/core/verify/network/topMeter';
import type { NdArray } from '../../../src/core/tensor/tensor';

const logits = (dims: readonly number[], ...data: readonly number[]): NdArray => ({
  dtype: 'float32',
  dims,
  data: Float64Array.from(data),
});

describe('TopMeter', () => {
  it('counts images whose best class and five best classes stay', () => {
    const meter = new TopMeter();
    const a = logits([2, 6], 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5);
    const b = logits([2, 6], 6, 5, 4, 3, 1, 2, 0, 1, 2, 3, 5, 4);
    meter.add(a, b);
    // the first image exchanges its fifth and sixth class, the second its first two
    assert.deepEqual(meter.result(), { top1: 0.5, top5: 0.9 });
  });

  it('takes classes that tie for the best as agreeing', () => {
    const meter = new TopMeter();
    meter.add(logits([1, 5], 1, 1, 0, 0, 0), logits([1, 5], 2, 2, 0, 0, 0));
    meter.add(logits([1, 5], 0, 1, 0, 0, 0), logits([1, 5], 2, 2, 0, 0, 0));
    assert.deepEqual(meter.result(), { top1: 1, top5: 1 });
  });

  it('says nothing of images, of few classes and of indices', () => {
    const meter = new TopMeter();
    meter.add(
      logits([1, 5, 1, 2], ...Array<number>(10).fill(1)),
      logits([1, 5, 1, 2], ...Array<number>(10).fill(1)),
    );
    meter.add(logits([1, 4], 1, 2, 3, 4), logits([1, 4], 1, 2, 3, 4));
    const indices: NdArray = { dtype: 'int64', dims: [1, 6], data: new Float64Array(6) };
    meter.add(indices, indices);
    assert.deepEqual(meter.result(), {});
  });
});
