import assert from 'node:assert/strict';
import { float32Text, float64Text } from '../../../../src/core/view/text/numberText';

describe('numbers in a text', () => {
  it('are written with the fewest digits that give the same float32', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, '0'],
      [-0, '-0'],
      [1, '1'],
      [-2.5, '-2.5'],
      [0.1, '0.1'],
      [1e-5, '1e-05'],
      [0.001, '0.001'],
      [1e10, '1e+10'],
      [123456, '123456'],
      [1e5, '1e+05'],
      [3.4028235e38, '3.4028235e+38'],
      [1.4e-45, '1e-45'],
      [NaN, 'nan'],
      [-Infinity, '-inf'],
    ];
    for (const [value, text] of cases) assert.equal(float32Text(value), text);
  });

  it('read back as what they were', () => {
    for (let at = 0; at < 2000; at++) {
      const value = Math.sin(at) * 10 ** ((at % 70) - 35);
      assert.equal(Math.fround(Number(float32Text(value))), Math.fround(value));
      assert.equal(Number(float64Text(value)), value);
    }
  });
});
