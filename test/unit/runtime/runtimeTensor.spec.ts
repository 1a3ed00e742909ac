import assert from 'node:assert/strict';
import { Tensor } from 'onnxruntime-web/wasm';
import { ProblemError } from '../../../src/core/result';
import { readElements, writeElements } from '../../../src/core/tensor/convert';
import { bytesPerElement, type DType } from '../../../src/core/tensor/dtype';
import { fromOrt, toOrt, type TensorClass } from '../../../src/runtime/runtimeTensor';

const TensorOf = Tensor as TensorClass;

function bytesOf(dtype: DType, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return bytes;
}

describe('runtime: tensors', () => {
  const types: DType[] = [
    'float32',
    'float64',
    'float16',
    'int8',
    'int16',
    'int32',
    'int64',
    'uint8',
    'uint16',
    'uint32',
    'uint64',
    'bool',
  ];
  for (const dtype of types) {
    it(`${dtype} goes to onnxruntime and back bit for bit, from unaligned bytes too`, () => {
      const signed = dtype !== 'bool' && !dtype.startsWith('u');
      const values = dtype === 'bool' ? [0, 1, 1, 0] : [0, 1, 100, signed ? -7 : 7];
      const bytes = bytesOf(dtype, values);
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      for (const given of [bytes, shifted.subarray(1)]) {
        const tensor = toOrt('x', { dtype, dims: [2, 2], bytes: given }, TensorOf);
        assert.equal(tensor.type, dtype);
        assert.deepEqual(tensor.dims, [2, 2]);
        const back = fromOrt('x', tensor);
        assert.deepEqual(back, { dtype, dims: [2, 2], bytes });
        assert.deepEqual(Array.from(readElements(dtype, back.bytes, 0, 4)), values);
      }
    });
  }

  it('takes scalars and empty tensors', () => {
    assert.equal(
      toOrt('x', { dtype: 'float32', dims: [], bytes: bytesOf('float32', [3]) }, TensorOf).size,
      1,
    );
    assert.equal(toOrt('x', { dtype: 'int64', dims: [0, 4], bytes: new Uint8Array(0) }, TensorOf).size, 0);
  });

  it('gives results bytes of their own', () => {
    const data = Float32Array.of(1, 2);
    const result = fromOrt('y', new TensorOf('float32', data, [2]));
    data[0] = 9;
    assert.deepEqual(Array.from(readElements('float32', result.bytes, 0, 2)), [1, 2]);
  });

  it('refuses what it can not carry, in a sentence', () => {
    const words = (pattern: RegExp) => (error: unknown) =>
      error instanceof ProblemError && pattern.test(error.message);
    assert.throws(
      () => toOrt('w', { dtype: 'bfloat16', dims: [1], bytes: new Uint8Array(2) }, TensorOf),
      words(/"w".*bfloat16/),
    );
    assert.throws(
      () => toOrt('w', { dtype: 'float32', dims: [2], bytes: new Uint8Array(4) }, TensorOf),
      words(/4 bytes.*needs 8/),
    );
    assert.throws(() => fromOrt('s', new Tensor('string', ['a'], [1])), words(/"s".*string/));
  });
});
