import assert from 'node:assert/strict';
import { DISTRIBUTIONS, drawInput } from '../../../src/core/verify/distributions';
import { seededRandom } from '../../../src/core/verify/random';

const DIMS = [2, 3, 6, 7];

describe('seededRandom', () => {
  it('gives the same numbers for the same seed and label, others for others', () => {
    const draw = (seed: number, label: string): readonly number[] => {
      const random = seededRandom(seed, label);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    assert.deepEqual(draw(1, 'a'), draw(1, 'a'));
    assert.notDeepEqual(draw(1, 'a'), draw(2, 'a'));
    assert.notDeepEqual(draw(1, 'a'), draw(1, 'b'));
  });

  it('has mean 0 and variance 1 when normal', () => {
    const random = seededRandom(3, 'normal');
    const numbers = Array.from({ length: 20_000 }, () => random.normal());
    const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
    const variance = numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / numbers.length;
    // five standard errors of either: 1/√n and √(2/n)
    assert.ok(Math.abs(mean) < 5 / Math.sqrt(numbers.length));
    assert.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / numbers.length));
  });
});

describe('drawInput', () => {
  for (const distribution of DISTRIBUTIONS) {
    it(`makes ${distribution} inputs of float16 numbers, the same each time`, () => {
      const draw = () => drawInput(distribution, DIMS, 'float16', seededRandom(0, distribution));
      const { data, dims } = draw();
      assert.deepEqual(dims, DIMS);
      assert.equal(data.length, 252);
      assert.ok(data.every((value) => Number.isFinite(value) && Math.abs(value) <= 65504));
      assert.deepEqual(draw().data, data);
    });
  }

  it('puts border inputs at the edge only', () => {
    const { data } = drawInput('border', DIMS, 'float32', seededRandom(0));
    data.forEach((value, i) => {
      const [row, column] = [Math.floor(i / 7) % 6, i % 7];
      const atEdge = row === 0 || row === 5 || column === 0 || column === 6;
      assert.equal(value !== 0, atEdge, `element ${i}`);
    });
  });

  it('puts impulses into corners, one channel each, and few elsewhere', () => {
    const { data } = drawInput('impulses', DIMS, 'float32', seededRandom(5));
    const at = (image: number, row: number, column: number): number =>
      [0, 1, 2].filter((channel) => data[((image * 3 + channel) * 6 + row) * 7 + column] !== 0).length;
    for (const image of [0, 1]) assert.ok(at(image, 0, 0) >= 1 && at(image, 5, 6) >= 1);
    const set = data.filter((value) => value !== 0).length;
    // two corners and 2 · 3 cells an image
    assert.ok(set > 8 && set <= 2 * (2 + 6), `${set} impulses`);
  });

  it('takes integers from 0 and 1, which any index allows', () => {
    const { data } = drawInput('normal', [40], 'int64', seededRandom(0));
    assert.deepEqual([...new Set(data)].sort(), [0, 1]);
  });
});
