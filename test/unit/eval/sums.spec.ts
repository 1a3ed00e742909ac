import assert from 'node:assert/strict';
import { ProblemError } from '../../../src/core/result';
import type { AttributeSpec } from '../../support/onnxBuilder';
import { agrees, assertClose, evaluateCase, float32, int64, random, typed } from './againstRuntime';

/** exp and log of onnxruntime in float32: see elementwise.spec.ts. */
const APPROXIMATED = 32;

type Attrs = Record<string, AttributeSpec>;

describe('eval: matrix products against onnxruntime', () => {
  const shapes: [number[], number[]][] = [
    [
      [3, 4],
      [4, 5],
    ],
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [3, 4],
      [2, 4, 5],
    ],
    [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    [[4], [4]],
    [[4], [2, 4, 3]],
    [[2, 3, 4], [4]],
  ];
  for (const [a, b] of shapes)
    agrees({ op: 'MatMul', inputs: [random(a), random(b)], roundings: 4, scale: 'terms' });
  const gemm = (a: number[], b: number[], c: number[] | null, attrs: Attrs) => {
    const inputs = [random(a), random(b), ...(c === null ? [] : [random(c)])];
    agrees({ op: 'Gemm', inputs, attrs, roundings: 4 + 4, scale: 'terms' });
  };
  gemm([3, 4], [4, 5], [5], {});
  gemm([4, 3], [5, 4], [3, 1], { transA: 1, transB: 1 });
  gemm([3, 4], [4, 5], [], { alpha: 0.5, beta: 0.25 });
  gemm([3, 4], [4, 5], null, { alpha: 1.5 });
  gemm([4, 3], [4, 5], [3, 5], { transA: 1, beta: 0.5 });
  const einsum = (equation: string, ...dims: number[][]) =>
    agrees({
      op: 'Einsum',
      inputs: dims.map((one) => random(one)),
      attrs: { equation },
      roundings: 16,
      scale: 'terms',
    });
  einsum('bij,bjk->bik', [2, 3, 4], [2, 4, 5]);
  einsum('ij,jk', [3, 4], [4, 5]);
  einsum('ij->ji', [3, 4]);
  einsum('ii->i', [3, 3]);
  einsum('bhwc,hkc->bhwk', [2, 3, 4, 2], [3, 5, 2]);

  it('refuses matrices that do not fit, and ellipses', () => {
    const product = () =>
      evaluateCase({ op: 'MatMul', inputs: [random([2, 3]), random([2, 3])], roundings: 0 });
    assert.throws(product, (error) => error instanceof ProblemError && error.problem.code === 'bad-input');
    const ellipsis = () =>
      evaluateCase({
        op: 'Einsum',
        inputs: [random([2, 3])],
        attrs: { equation: '...i->...' },
        roundings: 0,
      });
    assert.throws(ellipsis, (error) => error instanceof ProblemError && error.problem.code === 'unsupported');
  });
});

describe('eval: reductions against onnxruntime', () => {
  const x = () => random([3, 4, 5], 0.2, 2);
  const reduce = (op: string, roundings: number) => {
    agrees({
      op,
      opset: 13,
      inputs: op === 'ReduceSum' ? [x(), int64(1)] : [x()],
      attrs: op === 'ReduceSum' ? {} : { axes: [1] },
      roundings,
      scale: 'terms',
    });
    agrees({ op, opset: 18, inputs: [x(), int64(-1, 0)], attrs: { keepdims: 0 }, roundings, scale: 'terms' });
    agrees({ op, opset: 18, inputs: [x()], roundings, scale: 'terms' });
    agrees({
      op,
      opset: 18,
      inputs: [x(), int64()],
      attrs: { noop_with_empty_axes: 1 },
      roundings,
      scale: 'terms',
    });
  };
  // 60 elements at most: their sum, and what comes before and after
  for (const op of ['ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceProd']) reduce(op, 61);
  for (const op of ['ReduceMax', 'ReduceMin']) reduce(op, 0);
  agrees({
    op: 'ReduceSum',
    opset: 11,
    inputs: [random([2, 3])],
    attrs: { axes: [0] },
    roundings: 2,
    scale: 'terms',
  });
  for (const op of ['ReduceL2', 'ReduceSumSquare']) {
    agrees({ op, opset: 18, inputs: [x(), int64(0, 2)], roundings: 64, scale: 'terms' });
  }
  for (const op of ['ReduceLogSum', 'ReduceLogSumExp']) {
    agrees({ op, opset: 18, inputs: [x(), int64(2)], roundings: APPROXIMATED + 60 });
  }
  agrees({ op: 'ReduceSum', inputs: [random([3, 4], -9, 9, 'int64'), int64(0)], roundings: 0 });
  agrees({ op: 'ReduceMean', inputs: [random([3, 4], -9, 9, 'int32')], attrs: { axes: [1] }, roundings: 0 });
  agrees({ op: 'ReduceMax', opset: 18, inputs: [random([3, 4], -9, 9, 'int64')], roundings: 0 });
});

describe('eval: operators along one axis against onnxruntime', () => {
  const ties = typed('float32', [2, 4], 1, 3, 3, 0, 5, 2, 5, 5);
  for (const op of ['ArgMax', 'ArgMin']) {
    agrees({ op, inputs: [random([3, 4, 5])], attrs: { axis: 1 }, roundings: 0 });
    agrees({ op, inputs: [ties], attrs: { axis: -1, keepdims: 0 }, roundings: 0 });
    agrees({ op, inputs: [ties], attrs: { axis: 1, select_last_index: 1 }, roundings: 0 });
  }
  agrees({ op: 'TopK', inputs: [random([3, 6]), int64(3)], outputs: 2, roundings: 0 });
  agrees({
    op: 'TopK',
    inputs: [random([5, 3]), int64(2)],
    attrs: { axis: 0, largest: 0 },
    outputs: 2,
    roundings: 0,
  });
  for (const attrs of [{}, { exclusive: 1 }, { reverse: 1 }, { exclusive: 1, reverse: 1 }]) {
    agrees({
      op: 'CumSum',
      inputs: [random([3, 4]), typed('int64', [], 1)],
      attrs,
      roundings: 4,
      scale: 'terms',
    });
  }
  agrees({ op: 'CumSum', inputs: [random([3, 4], -9, 9, 'int64'), typed('int64', [], -2)], roundings: 0 });
  for (const op of ['Softmax', 'LogSoftmax']) {
    agrees({ op, inputs: [random([2, 3, 4])], roundings: APPROXIMATED });
    agrees({ op, inputs: [random([2, 3, 4])], attrs: { axis: 1 }, roundings: APPROXIMATED });
    agrees({ op, opset: 11, inputs: [random([2, 3, 4])], roundings: APPROXIMATED });
    agrees({ op, opset: 11, inputs: [random([2, 3, 4])], attrs: { axis: 2 }, roundings: APPROXIMATED });
  }
  agrees({ op: 'Softmax', inputs: [float32([3], 1000, 1001, -1000)], roundings: APPROXIMATED });
  agrees({ op: 'Hardmax', inputs: [ties], roundings: 0 });
});

describe('eval: the comparison itself', () => {
  it('sees a difference of one part in ten thousand', () => {
    const a = float32([2], 1, 2);
    const b = float32([2], 1, 2.0002);
    // γ_32 of float32: the widest tolerance above
    assert.throws(() => assertClose(a, b, Float64Array.of(1.9e-6, 1.9e-6), 'y'));
    assert.throws(() => assertClose(a, { ...a, dims: [2, 1] }, Float64Array.of(9, 9), 'y'));
  });
});
