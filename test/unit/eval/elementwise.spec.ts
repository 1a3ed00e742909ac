import assert from 'node:assert/strict';
import { erf, erfc } from '../../../src/core/eval/erf';
import { ProblemError } from '../../../src/core/result';
import type { DType } from '../../../src/core/tensor/dtype';
import type { NdArray } from '../../../src/core/tensor/tensor';
import type { AttributeSpec } from '../../support/onnxBuilder';
import { agrees, evaluateCase, float32, random, typed } from './againstRuntime';

/**
 * onnxruntime's vectorised exp, tanh, erf and logistic are polynomials in float32. Their error is some units in the
 * last place; 32 roundings (γ_32 = 1.9e-6 of the largest output) is what they are allowed here.
 */
const APPROXIMATED = 32;

function unary(
  op: string,
  roundings: number,
  x: NdArray,
  attrs?: Record<string, AttributeSpec>,
  opset = 17,
): void {
  agrees({ op, opset, inputs: [x], ...(attrs === undefined ? {} : { attrs }), roundings });
}

const any = () => random([3, 4, 5], -4, 4);
const positive = () => random([3, 4, 5], 0.1, 4);
const unit = () => random([3, 4, 5], -0.95, 0.95);
const corners = () => float32([9], -Infinity, -2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, Infinity);

describe('eval: functions of one element against onnxruntime', () => {
  for (const op of ['Identity', 'Neg', 'Abs', 'Sign', 'Floor', 'Ceil', 'Round', 'Relu'])
    unary(op, 0, corners());
  for (const op of ['Identity', 'Neg', 'Abs', 'Sign']) unary(op, 0, random([2, 3], -9, 9, 'int32'));
  for (const op of ['Sqrt', 'Reciprocal']) unary(op, 2, positive());
  for (const op of ['Exp', 'Erf', 'Sigmoid', 'Tanh', 'Softplus', 'Sin', 'Cos', 'Atan', 'Sinh', 'Asinh']) {
    unary(op, APPROXIMATED, any());
  }
  for (const op of ['Tan', 'Asin', 'Acos', 'Atanh']) unary(op, APPROXIMATED, unit());
  unary('Cosh', APPROXIMATED, any());
  unary('Log', APPROXIMATED, positive());
  unary('Acosh', APPROXIMATED, random([7], 1.1, 5));
  unary('Softsign', 4, any());
  unary('LeakyRelu', 2, any());
  unary('LeakyRelu', 2, any(), { alpha: 0.3 });
  unary('Elu', APPROXIMATED, any(), { alpha: 0.7 });
  unary('Selu', APPROXIMATED, any());
  unary('Selu', APPROXIMATED, any(), { alpha: 1.5, gamma: { float: 2 } });
  unary('Celu', APPROXIMATED, any(), { alpha: 0.4 });
  unary('ThresholdedRelu', 0, any(), { alpha: 0.5 });
  unary('HardSigmoid', 3, any(), { alpha: 0.3, beta: 0.4 });
  unary('HardSwish', 4, any());
  unary('Mish', APPROXIMATED, any(), {}, 18);
  unary('Gelu', APPROXIMATED, any(), {}, 20);
  unary('Gelu', APPROXIMATED, any(), { approximate: 'tanh' }, 20);
  unary('Shrink', 2, any(), { bias: 0.5, lambd: 1.5 });
  unary('Not', 0, random([5], 0, 2, 'bool'));
  unary('IsNaN', 0, float32([3], NaN, 1, Infinity));
  unary('IsInf', 0, corners());
  unary('IsInf', 0, corners(), { detect_positive: 0 });
  unary('Clip', 0, any(), { min: { float: -1 }, max: 1.5 }, 6);
  agrees({ op: 'Clip', inputs: [any(), float32([], -1), float32([], 0.5)], roundings: 0 });
  agrees({ op: 'Clip', inputs: [any(), null, float32([], 0.5)], roundings: 0 });
  agrees({ op: 'Clip', inputs: [random([6], -9, 9, 'int64'), typed('int64', [], -3)], roundings: 0 });
  agrees({ op: 'PRelu', inputs: [random([2, 3, 4, 4]), random([3, 1, 1])], roundings: 1 });
  agrees({ op: 'Dropout', inputs: [any()], roundings: 0, outputs: 2 });

  it('Swish is x times its sigmoid', () => {
    // onnxruntime 1.30 has no CPU kernel for it
    const [y] = evaluateCase({
      op: 'Swish',
      opset: 24,
      inputs: [float32([2], 1, -2)],
      attrs: { alpha: 0.5 },
      roundings: 0,
    });
    assert.deepEqual(Array.from(y!.data), [1 / (1 + Math.exp(-0.5)), -2 / (1 + Math.exp(1))]);
  });

  it('defaults of attributes are float32 numbers, as onnxruntime has them', () => {
    const [y] = evaluateCase({ op: 'LeakyRelu', inputs: [float32([1], -1)], roundings: 0 });
    assert.deepEqual(Array.from(y!.data), [-Math.fround(0.01)]);
  });

  it('erf agrees with tabulated values to 4 units in the last place', () => {
    const table = [
      [0.1, 0.1124629160182849],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [1.9999999, 0.9953222629522537],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
      [6, 1],
    ] as const;
    for (const [x, y] of table) {
      assert.ok(Math.abs(erf(x) - y) <= 4 * 2 ** -53, `erf(${x}) = ${erf(x)}`);
      assert.equal(erf(-x), -erf(x));
    }
    // erfc(5): relative, since it has no cancellation there; 64 units leave room for the continued fraction
    assert.ok(Math.abs(erfc(5) / 1.5374597944280349e-12 - 1) <= 64 * 2 ** -53);
    assert.ok(Number.isNaN(erf(NaN)));
    assert.equal(erf(0), 0);
  });
});

describe('eval: arithmetic and logic against onnxruntime', () => {
  const a = random([2, 1, 4], 0.5, 3);
  const b = random([3, 1], 0.5, 3);
  for (const op of ['Add', 'Sub', 'Mul', 'Div']) agrees({ op, inputs: [a, b], roundings: 1 });
  agrees({ op: 'Pow', inputs: [a, b], roundings: APPROXIMATED });
  agrees({ op: 'Pow', inputs: [random([3], -4, 4, 'int32'), typed('int32', [], 3)], roundings: 0 });
  agrees({ op: 'Mod', inputs: [random([20], -9, 9, 'int32'), typed('int32', [], 4)], roundings: 0 });
  agrees({ op: 'Mod', inputs: [random([20], -9, 9, 'int64'), typed('int64', [], -4)], roundings: 0 });
  agrees({ op: 'Mod', inputs: [random([20], -9, 9), float32([], 2.5)], attrs: { fmod: 1 }, roundings: 0 });
  const c = random([1], -3, 3);
  for (const op of ['Sum', 'Mean']) agrees({ op, inputs: [a, b, c], roundings: 4, scale: 'terms' });
  for (const op of ['Min', 'Max']) agrees({ op, inputs: [a, b, c], roundings: 0 });
  agrees({ op: 'Sum', inputs: [a], roundings: 0 });
  for (const dtype of ['int32', 'int64'] satisfies DType[]) {
    for (const op of ['Add', 'Sub', 'Mul', 'Div']) {
      agrees({
        op,
        inputs: [random([2, 5], -50, 50, dtype), typed(dtype, [5], 3, -7, 11, 1, -2)],
        roundings: 0,
      });
    }
  }
  agrees({
    name: 'int32 wraps around',
    op: 'Mul',
    inputs: [typed('int32', [2], 2 ** 30, -(2 ** 31)), typed('int32', [], 2)],
    roundings: 0,
  });
  for (const dtype of ['uint8', 'int8'] satisfies DType[]) {
    agrees({ op: 'Add', inputs: [typed(dtype, [2], 100, 120), typed(dtype, [], 60)], roundings: 0 });
  }

  const x = random([3, 4], -3, 3, 'int64');
  const y = random([4], -3, 3, 'int64');
  for (const op of ['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']) {
    agrees({ op, inputs: [x, y], roundings: 0 });
    agrees({ op, inputs: [float32([3], 1, NaN, 3), float32([], 1)], roundings: 0 });
  }
  const p = random([3, 4], 0, 2, 'bool');
  const q = random([4], 0, 2, 'bool');
  for (const op of ['And', 'Or', 'Xor']) agrees({ op, inputs: [p, q], roundings: 0 });
  agrees({ op: 'Where', inputs: [p, random([3, 1]), random([2, 1, 4])], roundings: 0 });

  it('refuses shapes that do not broadcast', () => {
    const run = () => evaluateCase({ op: 'Add', inputs: [random([2, 3]), random([2])], roundings: 0 });
    assert.throws(run, (error) => error instanceof ProblemError && /\[2, 3\] and \[2\]/.test(error.message));
  });

  it('refuses an integer division by zero', () => {
    const run = () =>
      evaluateCase({ op: 'Div', inputs: [typed('int64', [], 1), typed('int64', [], 0)], roundings: 0 });
    assert.throws(run, (error) => error instanceof ProblemError && error.problem.code === 'bad-input');
  });
});

describe('eval: Cast against onnxruntime', () => {
  const codes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float64: 11 } as const;
  for (const [to, code] of Object.entries(codes)) {
    agrees({
      name: `float32 to ${to}`,
      op: 'Cast',
      inputs: [float32([5], 0, 0.7, 1.5, 2.5, 99.9)],
      attrs: { to: code },
      roundings: 0,
    });
    agrees({
      name: `int64 to ${to}`,
      op: 'Cast',
      inputs: [typed('int64', [4], 0, 1, 300, -3)],
      attrs: { to: code },
      roundings: 0,
    });
  }
  agrees({ op: 'Cast', inputs: [float32([2], -1.7, -0.2)], attrs: { to: codes.int32 }, roundings: 0 });
  agrees({ op: 'Cast', inputs: [typed('bool', [2], 0, 1)], attrs: { to: codes.float32 }, roundings: 0 });
  agrees({
    op: 'CastLike',
    opset: 19,
    inputs: [float32([2], 1.5, -2.5), typed('int32', [], 0)],
    roundings: 0,
  });
});
