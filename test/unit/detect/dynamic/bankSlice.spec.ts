import assert from 'node:assert/strict';
import { readingSlices, sliceName } from '../../../../src/core/detect/dynamic/bankSlice';
import { fromNdArray, toNdArray } from '../../../../src/core/tensor/convert';

const bank = fromNdArray({
  dtype: 'float16',
  dims: [2, 6],
  data: Float64Array.from({ length: 12 }, (_, i) => i),
});
const read = readingSlices((name) => {
  assert.equal(name, 'bank');
  return bank;
});

it('a row of a bank is a tensor of its own shape', () => {
  const row = toNdArray(read(sliceName({ tensor: 'bank', start: 6, step: 1, dims: [3, 2] })));
  assert.deepEqual([...row.data], [6, 7, 8, 9, 10, 11]);
  assert.deepEqual([row.dtype, row.dims], ['float16', [3, 2]]);
});

it('a column of a bank steps over the others', () => {
  const column = toNdArray(read(sliceName({ tensor: 'bank', start: 1, step: 2, dims: [6] })));
  assert.deepEqual([...column.data], [1, 3, 5, 7, 9, 11]);
});

it('other names are read as they are', () => {
  assert.equal(read('bank'), bank);
});
