import assert from 'node:assert/strict';
import { amount, bytes, change, count, shape } from '../../../src/cli/format';

describe('how the command line writes', () => {
  it('amounts', () => {
    assert.deepEqual([0, 7, 999, 1000, 1234567, 2.5e9].map(amount), [
      '0',
      '7',
      '999',
      '1 k',
      '1.23 M',
      '2.5 G',
    ]);
    assert.deepEqual([12, 999_999, 489_700_000].map(bytes), ['12 B', '1 MB', '490 MB']);
  });

  it('counts of things', () => {
    assert.deepEqual(
      [0, 1, 2].map((n) => count(n, 'block')),
      ['0 blocks', '1 block', '2 blocks'],
    );
  });

  it('shapes', () => {
    assert.equal(shape([1, 'N', null, 4]), '1×N×?×4');
    assert.equal(shape([]), 'scalar');
    assert.equal(shape(null), 'any shape');
  });

  it('changes', () => {
    assert.equal(change(100, 88), '−12 %');
    assert.equal(change(100, 112), '+12 %');
    assert.equal(change(1000, 1001), '±0 %');
    assert.equal(change(null, 1), '');
    assert.equal(change(0, 1), '');
  });
});
