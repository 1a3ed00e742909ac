import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  fromNdArray,
  isNumeric,
  readElements,
  toNdArray,
  writeElements,
} from '../../../src/core/tensor/convert';
import {
  bytesPerElement,
  isFloat,
  largestFinite,
  unitRoundoff,
  type DType,
} from '../../../src/core/tensor/dtype';
import { byteLength, elementCount, rowMajorStrides, sameDims } from '../../../src/core/tensor/tensor';

function rounded(dtype: DType, value: number): number {
  const bytes = new Uint8Array(8);
  writeElements(dtype, [value], bytes, 0);
  return readElements(dtype, bytes, 0, 1)[0]!;
}

describe('elements of tensors', () => {
  const samples: readonly (readonly [DType, readonly number[]])[] = [
    ['float64', [Math.PI, -1e300, 0]],
    ['float32', [1.5, -0.1 as number].map(Math.fround)],
    ['float16', [1.5, -65504, 2 ** -24]],
    ['bfloat16', [1.5, -3.0e38, 2 ** -126].map((value) => rounded('bfloat16', value))],
    ['int8', [-128, 127]],
    ['uint8', [0, 255]],
    ['int16', [-32768, 32767]],
    ['uint16', [65535]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['uint32', [2 ** 32 - 1]],
    ['int64', [-(2 ** 53), 2 ** 53]],
    ['uint64', [2 ** 53]],
    ['bool', [0, 1, 1]],
  ];
  for (const [dtype, values] of samples) {
    it(`${dtype}: written and read back, at any byte`, () => {
      for (const shift of [0, 1, 3]) {
        const size = bytesPerElement(dtype);
        const buffer = new Uint8Array(shift + (values.length + 1) * size);
        const bytes = buffer.subarray(shift);
        writeElements(dtype, values, bytes, 1);
        assert.deepEqual([...readElements(dtype, bytes, 1, values.length)], [...values]);
        assert.ok(
          bytes.subarray(0, size).every((byte) => byte === 0),
          'nothing before the start is touched',
        );
      }
    });
  }

  it('of a type that holds no numbers, or beyond the bytes, are an error', () => {
    assert.equal(isNumeric('other'), false);
    assert.throws(() => readElements('other', new Uint8Array(8), 0, 1), RangeError);
    assert.throws(() => readElements('float32', new Uint8Array(7), 0, 2), RangeError);
  });

  it('large int64 saturate', () => {
    const bytes = new Uint8Array(8);
    writeElements('int64', [2 ** 63], bytes, 0);
    assert.equal(new DataView(bytes.buffer).getBigInt64(0, true), 2n ** 63n - 1n);
  });
});

describe('rounding', () => {
  it('is to nearest, ties to even', () => {
    assert.deepEqual(
      [1 + 2 ** -11, 1 + 3 * 2 ** -11].map((value) => rounded('float16', value)),
      [1, 1 + 2 ** -9],
    );
    assert.deepEqual(
      [1 + 2 ** -8, 1 + 3 * 2 ** -8].map((value) => rounded('bfloat16', value)),
      [1, 1 + 2 ** -6],
    );
    assert.equal(rounded('float16', 65520), Infinity);
    assert.equal(rounded('float16', 65519), 65504);
    assert.ok(Number.isNaN(rounded('bfloat16', NaN)));
    assert.equal(rounded('bfloat16', -Infinity), -Infinity);
  });

  it('is done once: bfloat16 straight from float64, not by way of float32', () => {
    // just above the tie: float32 would round it down to the tie, and that to even
    assert.equal(rounded('bfloat16', 1 + 2 ** -8 + 2 ** -30), 1 + 2 ** -7);
    assert.equal(rounded('float16', 1 + 2 ** -11 + 2 ** -30), 1 + 2 ** -10);
  });

  for (const dtype of ['float16', 'bfloat16', 'float32'] as const) {
    it(`${dtype}: off by at most its unit roundoff`, () => {
      const normal = fc.double({ min: 2 ** -14, max: 60000, noNaN: true });
      fc.assert(
        fc.property(normal, fc.boolean(), (magnitude, negative) => {
          const value = negative ? -magnitude : magnitude;
          assert.ok(Math.abs(rounded(dtype, value) - value) <= unitRoundoff(dtype) * magnitude);
        }),
      );
    });
  }

  it('the largest finite numbers are finite, and the last', () => {
    for (const dtype of ['float16', 'bfloat16', 'float32'] as const) {
      const largest = largestFinite(dtype);
      assert.equal(rounded(dtype, largest), largest);
      assert.equal(rounded(dtype, largest * (1 + unitRoundoff(dtype))), Infinity);
    }
  });
});

describe('tensors', () => {
  it('count and measure', () => {
    assert.deepEqual([elementCount([]), elementCount([2, 3]), elementCount([2, 0])], [1, 6, 0]);
    assert.equal(byteLength({ dtype: 'float16', dims: [3, 5] }), 30);
    assert.deepEqual(rowMajorStrides([2, 3, 4]), [12, 4, 1]);
    assert.ok(sameDims([1, 2], [1, 2]) && !sameDims([1, 2], [1, 2, 1]));
    assert.ok(isFloat('bfloat16') && !isFloat('int64'));
  });

  it('go to float64 and back', () => {
    const tensor = fromNdArray({ dtype: 'float16', dims: [2, 2], data: Float64Array.of(1, 0.1, -2, 1e9) });
    const back = toNdArray(tensor);
    assert.deepEqual([back.dtype, back.dims], ['float16', [2, 2]]);
    assert.deepEqual([...back.data], [1, rounded('float16', 0.1), -2, Infinity]);
  });
});
