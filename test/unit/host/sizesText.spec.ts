import assert from 'node:assert/strict';
import { formatSizes, parseSizes } from '../../../src/host/sizesText';

describe('sizes as text', () => {
  it('come back as they were written', () => {
    for (const sizes of [{ N: 1 }, { N: 2, H: 224, W: 320 }, { 'x.0': 4, 's 77 = a': 3 }]) {
      const parsed = parseSizes(formatSizes(sizes), Object.keys(sizes));
      assert.deepEqual(parsed, { ok: true, sizes });
    }
  });

  it('may have any spaces and a last comma', () => {
    assert.deepEqual(parseSizes(' N=2 ,H =  3,', ['N', 'H']), { ok: true, sizes: { N: 2, H: 3 } });
  });

  it('must be whole numbers from 1 on, of symbols that the model has', () => {
    for (const wrong of ['N = 0', 'N = -1', 'N = 1.5', 'N = ', 'N', 'M = 1', 'N = 1e3', '= 1'])
      assert.deepEqual(parseSizes(wrong, ['N']), { ok: false, missing: null, wrong: wrong.trim() });
  });

  it('must be there for every symbol', () => {
    assert.deepEqual(parseSizes('N = 1', ['N', 'H']), { ok: false, missing: 'H' });
    assert.deepEqual(parseSizes('', ['N']), { ok: false, missing: 'N' });
  });
});
