import assert from 'node:assert/strict';
import { ProblemError } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import type { AttributeSpec } from '../../support/onnxBuilder';
import { agrees, evaluateCase, float32, int64, random, typed, type Case } from './againstRuntime';

/** Operators that move elements must agree bit for bit. */
function moves(
  op: string,
  inputs: readonly (NdArray | null)[],
  attrs: Record<string, AttributeSpec> = {},
  more: Partial<Case> = {},
): void {
  agrees({ op, inputs, attrs, roundings: 0, ...more });
}

const INT64_MAX = 2 ** 63;

describe('eval: shapes against onnxruntime', () => {
  const x = random([2, 3, 4]);
  moves('Reshape', [x, int64(4, 6)]);
  moves('Reshape', [x, int64(0, -1)]);
  moves('Reshape', [x, int64(-1, 0, 2)]);
  moves(
    'Reshape',
    [x, int64()].map((array, i) => (i === 0 ? random([1, 1]) : array)),
  );
  moves('Reshape', [typed('float32', [0, 3]), int64(3, 0)], { allowzero: 1 });
  moves('Flatten', [x]);
  moves('Flatten', [x], { axis: 0 });
  moves('Flatten', [x], { axis: -1 });
  moves('Flatten', [x], { axis: 3 });
  moves('Squeeze', [random([1, 3, 1, 2])]);
  moves('Squeeze', [random([1, 3, 1, 2]), int64(-2)]);
  moves('Squeeze', [random([1, 3, 1, 2])], { axes: [0] }, { opset: 11 });
  moves('Unsqueeze', [x, int64(0, -1)]);
  moves('Unsqueeze', [x], { axes: [1, 3] }, { opset: 11 });
  moves('Transpose', [x]);
  moves('Transpose', [x], { perm: [1, 0, 2] });
  moves('Transpose', [typed('bool', [2, 2], 0, 1, 1, 1)]);
  moves('Expand', [random([3, 1]), int64(2, 1, 4)]);
  moves('Expand', [random([3, 4]), int64(1)]);
  moves('Tile', [x, int64(2, 1, 3)]);
  moves('Shape', [x]);
  moves('Shape', [x], { start: -2 });
  moves('Shape', [x], { start: 1, end: -1 });
  moves('Size', [x]);
  moves('DepthToSpace', [random([1, 8, 2, 3])], { blocksize: 2 });
  moves('DepthToSpace', [random([2, 8, 2, 3])], { blocksize: 2, mode: 'CRD' });
  moves('SpaceToDepth', [random([2, 3, 4, 6])], { blocksize: 2 });

  it('refuses a reshape that loses elements', () => {
    const run = () => evaluateCase({ op: 'Reshape', inputs: [x, int64(5, 5)], roundings: 0 });
    assert.throws(
      run,
      (error) => error instanceof ProblemError && /\[2, 3, 4\] to \[5, 5\]/.test(error.message),
    );
  });
});

describe('eval: Slice, Split, Concat against onnxruntime', () => {
  const x = random([3, 6, 5]);
  moves('Slice', [x, int64(1, 1), int64(3, 4)]);
  moves('Slice', [x, int64(-4), int64(INT64_MAX), int64(1)]);
  moves('Slice', [x, int64(5, 0), int64(-INT64_MAX, 5), int64(1, -1), int64(-2, 2)]);
  moves('Slice', [x, int64(-1), int64(-100), int64(-2), int64(-1)]);
  moves('Slice', [x, int64(4), int64(2), int64(1)]);
  moves('Slice', [x, int64(100), int64(-100), int64(2), int64(-3)]);
  moves('Slice', [x], { starts: [1, 0], ends: [2, -1], axes: [1, 2] }, { opset: 9 });
  moves('Split', [x], { axis: 1 }, { outputs: 3 });
  moves('Split', [x, int64(1, 3, 2)], { axis: 1 }, { outputs: 3 });
  moves('Split', [x], { axis: -1, split: [2, 3] }, { opset: 11, outputs: 2 });
  moves('Split', [x], { axis: 2, num_outputs: 2 }, { opset: 18, outputs: 2 });
  moves('Concat', [random([2, 3]), random([2, 1]), random([2, 4])], { axis: 1 });
  moves('Concat', [random([2, 3]), random([1, 3])], { axis: -2 });
  moves('Concat', [int64(1, 2), int64(), int64(3)], { axis: 0 });
});

describe('eval: Gather and Scatter against onnxruntime', () => {
  const x = random([3, 4, 5]);
  moves('Gather', [x, typed('int64', [2, 2], 0, -1, 2, 1)], { axis: 1 });
  moves('Gather', [x, typed('int64', [], 1)]);
  moves('Gather', [x, typed('int32', [2], -3, 0)], { axis: -3 });
  moves('GatherElements', [x, random([3, 2, 5], -4, 4, 'int64')], { axis: 1 });
  moves('GatherElements', [random([4]), int64(3, -1, 0)]);
  moves('GatherND', [x, typed('int64', [2, 2], 0, 1, -1, 3)]);
  moves('GatherND', [x, typed('int64', [2, 1, 1], 0, 2)]);
  moves('GatherND', [x, typed('int64', [3, 2, 1], 0, 1, -1, 3, 2, 2)], { batch_dims: 1 });
  moves('ScatterND', [x, typed('int64', [2, 1], 2, 0), random([2, 4, 5])]);
  moves('ScatterND', [x, typed('int64', [2, 3], 2, 0, 1, -1, 3, -2), random([2])]);
  for (const reduction of ['max', 'min']) {
    moves('ScatterND', [x, typed('int64', [2, 1], 1, 1), random([2, 4, 5])], { reduction }, { opset: 18 });
  }
  for (const reduction of ['add', 'mul']) {
    const inputs = [x, typed('int64', [2, 1], 1, 1), random([2, 4, 5])];
    moves('ScatterND', inputs, { reduction }, { opset: 18, roundings: 2, scale: 'terms' });
  }
  moves('ScatterElements', [x, random([2, 4, 5], -3, 3, 'int64'), random([2, 4, 5])].map(distinctRows));
  moves('Scatter', [random([3, 2]), typed('int64', [1, 2], 2, 0), random([1, 2])], {}, { opset: 9 });
  moves('ScatterElements', [random([1, 5]), typed('int64', [1, 2], 1, -2), random([1, 2])], { axis: 1 });
  moves(
    'ScatterElements',
    [random([1, 5]), typed('int64', [1, 2], 1, 1), random([1, 2])],
    { axis: 1, reduction: 'add' },
    { opset: 18, roundings: 2, scale: 'terms' },
  );

  it('refuses an index outside', () => {
    const run = () => evaluateCase({ op: 'Gather', inputs: [x, int64(3)], roundings: 0 });
    assert.throws(run, (error) => error instanceof ProblemError && error.problem.code === 'bad-input');
  });
});

/** Two writes to one place would leave the order open: rows 0 and 1 write to different rows. */
function distinctRows(array: NdArray, index: number): NdArray {
  return index === 1 ? { ...array, data: array.data.map((_, i) => (i < 20 ? 2 : -3)) } : array;
}

describe('eval: Pad against onnxruntime', () => {
  const x = random([2, 4, 5]);
  for (const mode of ['constant', 'reflect', 'edge']) {
    moves('Pad', [x, int64(0, 2, 1, 1, 3, 2)], { mode });
    moves('Pad', [x, int64(0, -1, 2, 0, 2, -2)], { mode });
  }
  moves('Pad', [x, int64(0, 1, 2, 0, 3, 4)], { mode: 'wrap' }, { opset: 19 });
  moves('Pad', [x, int64(0, 2, 1, 1, 3, 2), float32([], 1.5)]);
  moves('Pad', [x, int64(1, 2, 0, 3), float32([], -1), int64(-1, 1)], {}, { opset: 18 });
  moves('Pad', [x], { pads: [0, 1, 0, 0, 0, 2], value: 2.5 }, { opset: 10 });
  moves('Pad', [x, int64(0, -1, -2, 0, -2, 0)]);
});

describe('eval: constants against onnxruntime', () => {
  moves('Constant', [], { value: { tensor: { dims: [2, 2], data: [1, 2.5, -3, 4] } } });
  moves('Constant', [], { value_float: 2.5 });
  moves('Constant', [], { value_floats: [2.5, -1.25] });
  moves('Constant', [], { value_int: 7 });
  moves('Constant', [], { value_ints: [7, -8] });
  moves('ConstantOfShape', [int64(2, 3)]);
  moves('ConstantOfShape', [int64(4)], { value: { tensor: { dtype: 'int64', dims: [1], data: [9] } } });
  moves('Range', [typed('int64', [], 3), typed('int64', [], -8), typed('int64', [], -4)]);
  moves('Range', [float32([], 0), float32([], 1), float32([], 0.25)]);
  moves('Range', [typed('int64', [], 3), typed('int64', [], 3), typed('int64', [], 1)]);
  moves('EyeLike', [random([3, 4])], { k: 1 });
  moves('EyeLike', [random([3, 4])], { k: -1, dtype: 7 });
  moves('OneHot', [typed('int64', [2, 2], 0, 3, -1, 9), typed('int64', [1], 4), float32([2], -1, 2)]);
  moves('OneHot', [typed('int64', [3], 0, 2, 1), typed('int64', [1], 3), typed('int64', [2], 0, 1)], {
    axis: 0,
  });
  moves('Trilu', [random([2, 3, 4])]);
  moves('Trilu', [random([4, 3]), typed('int64', [], -1)], { upper: 0 });
  moves('NonZero', [typed('int64', [2, 3], 0, 4, 0, 5, 0, 6)]);
});
