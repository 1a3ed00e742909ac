import assert from 'node:assert/strict';
import { convAxis, type Axis } from '../../../src/core/algebra/geometry/axis';
import { biasVector } from '../../../src/core/algebra/kernel/bias';
import { floatRows } from '../../../src/core/algebra/kernel/floatRows';
import { kernelRows } from '../../../src/core/algebra/kernel/kernelRows';
import { mergedConv, overflows } from '../../../src/core/algebra/kernel/mergedConv';
import {
  evaluateVector,
  vectorTensors,
  type TensorReader,
} from '../../../src/core/algebra/kernel/vectorExpr';
import { affine, conv, identity, points, sum, type Operator } from '../../../src/core/algebra/operator';
import { isRefused } from '../../../src/core/algebra/refusal';
import { fromNdArray, toNdArray } from '../../../src/core/tensor/convert';
import type { DType } from '../../../src/core/tensor/dtype';
import type { Tensor } from '../../../src/core/tensor/tensor';

function tensor(dims: readonly number[], values: ArrayLike<number>, dtype: DType = 'float32'): Tensor {
  return fromNdArray({ dtype, dims, data: Float64Array.from(values) });
}

const reader =
  (tensors: Readonly<Record<string, Tensor>>): TensorReader =>
  (name) =>
    tensors[name] ?? assert.fail(`${name} is no tensor`);

const axis = (kernel: number, pad: number): Axis =>
  convAxis({ kernel, dilation: 1, padBegin: pad, padEnd: pad, stride: 1 });

/** y = conv 1×1 + x over `channels` channels. */
function residual(channels: number): Operator {
  const geometry = { inChannels: channels, outChannels: channels, groups: 1, axes: [axis(1, 0)] };
  const terms = [conv(geometry, 'w', 'b'), identity(channels, 1)].map((of) => ({ coefficient: 1, of }));
  const operator = sum(terms, [null]);
  assert.ok(!isRefused(operator));
  return operator;
}

describe('the merged convolution', () => {
  it('is rounded once, from float64', () => {
    // 2^-24 alone is lost beside 1 in float32, three times it is not: 1 + 3·2^-24 rounds to 1 + 2^-22
    const tiny = 2 ** -24;
    const geometry = { inChannels: 1, outChannels: 1, groups: 1, axes: [axis(1, 0)] };
    const terms = ['a', 'b', 'c', 'd'].map((name) => ({ coefficient: 1, of: conv(geometry, name, null) }));
    const operator = sum(terms, [null]);
    assert.ok(!isRefused(operator));
    const read = reader({
      a: tensor([1, 1, 1], [1]),
      ...Object.fromEntries(['b', 'c', 'd'].map((name) => [name, tensor([1, 1, 1], [tiny])])),
    });
    const { weight } = mergedConv(operator, 'float32', read);
    assert.equal(toNdArray(weight).data[0], 1 + 2 ** -22);
    assert.equal(
      Math.fround(Math.fround(Math.fround(1 + tiny) + tiny) + tiny),
      1,
      'rounded thrice it is lost',
    );
  });

  it('has the model’s own type, weight and bias alike', () => {
    for (const dtype of ['float16', 'bfloat16', 'float32', 'float64'] as const) {
      const read = reader({ w: tensor([2, 2, 1], [1, 2, 3, 4], dtype), b: tensor([2], [5, 6], dtype) });
      const { weight, bias } = mergedConv(residual(2), dtype, read);
      assert.deepEqual([weight.dtype, bias.dtype], [dtype, dtype]);
      assert.deepEqual([...toNdArray(weight).data], [2, 2, 3, 5]);
      assert.deepEqual([...toNdArray(bias).data], [5, 6]);
    }
  });

  it('computes its bytes when they are asked for, in pieces that are the whole', () => {
    const channels = 600; // 1.4 MB of float32, more than one piece
    let reads = 0;
    const values = Float64Array.from({ length: channels ** 2 }, (_, i) => (i * 31) % 1013);
    const whole = {
      w: tensor([channels, channels, 1], values),
      b: tensor([channels], new Float64Array(channels)),
    };
    const read: TensorReader = (name) => {
      reads += 1;
      return reader(whole)(name);
    };
    const { weight } = mergedConv(residual(channels), 'float32', read);
    assert.equal(reads, 0, 'nothing is read for a plan');
    const pieces = Array.from(weight.pieces!(), (piece) => piece.slice());
    assert.ok(pieces.length > 1);
    const bytes = weight.bytes();
    assert.equal(bytes.length, channels * channels * 4);
    assert.deepEqual(Buffer.concat(pieces).equals(bytes), true);
    const data = toNdArray(weight).data;
    for (const at of [0, 1, channels + 1, values.length - 1])
      assert.equal(data[at], values[at]! + (at % (channels + 1) === 0 ? 1 : 0));
  });

  it('grows zero taps where a crop would need negative pads', () => {
    const crop = points(1, [{ first: 1, step: 1, count: 1, stride: 1, slack: -2 }]);
    const { weight, axes } = mergedConv(crop, 'float32', reader({}));
    assert.deepEqual(weight.dims, [1, 1, 3]);
    assert.deepEqual([...toNdArray(weight).data], [0, 1, 0]);
    assert.deepEqual([axes[0]!.padBegin + 0, axes[0]!.padEnd], [0, 0]);
  });
});

describe('overflow', () => {
  const operator = affine(residual(1), { kind: 'tensor', name: 's' }, null);
  const overflowing = (w: number, b: number, scale: number, dtype: DType): boolean =>
    overflows(
      operator,
      dtype,
      reader({ w: tensor([1, 1, 1], [w]), b: tensor([1], [b]), s: tensor([1], [scale]) }),
    );

  it('is a magnitude that the type cannot hold, in kernel or bias', () => {
    assert.equal(overflowing(65503, 0, 1, 'float16'), false, '65504 is the largest float16');
    assert.equal(overflowing(65504, 0, 1, 'float16'), true);
    assert.equal(overflowing(-65506, 0, 1, 'float16'), true);
    assert.equal(overflowing(0, 65504, 1, 'float16'), false);
    assert.equal(overflowing(0, 40000, 2, 'float16'), true);
    assert.equal(overflowing(65504, 40000, 2, 'bfloat16'), false);
    assert.equal(overflowing(NaN, 0, 1, 'float16'), true);
    assert.equal(overflowing(3e38, 0, 1, 'float32'), false);
    assert.equal(overflowing(3e38, 0, 2, 'float32'), true);
    assert.equal(overflowing(0, 3e38, 2, 'float32'), true);
  });

  it('is a number that is none, in whatever type', () => {
    for (const dtype of ['float16', 'float32', 'float64'] as const) {
      for (const none of [NaN, Infinity, -Infinity]) {
        assert.equal(overflowing(none, 0, 1, dtype), true, 'weight');
        assert.equal(overflowing(0, none, 1, dtype), true, 'bias');
        assert.equal(overflowing(0, 0, none, dtype), true, 'scale');
        assert.equal(overflowing(none, 0, 0, dtype), true, '0 · ∞');
      }
    }
  });

  it('is not what only its bound exceeds', () => {
    // 3·w − 3·w is 0, though |3·w| + |3·w| is more than float16 holds
    const geometry = { inChannels: 1, outChannels: 1, groups: 1, axes: [axis(1, 0)] };
    const weight = conv(geometry, 'w', null);
    const difference = sum(
      [3, -3].map((coefficient) => ({ coefficient, of: weight })),
      [null],
    );
    assert.ok(!isRefused(difference));
    assert.equal(overflows(difference, 'float16', reader({ w: tensor([1, 1, 1], [60000]) })), false);
  });
});

describe('rows of stored kernels', () => {
  it('are views where they can be, and right where they cannot', () => {
    const values = [1.5, -2, 3, 4.25, 5, 6];
    for (const [dtype, misaligned] of [
      ['float32', 1],
      ['float32', 0],
      ['float64', 4],
      ['float64', 0],
      ['float16', 1],
      ['bfloat16', 0],
    ] as const) {
      const stored = tensor([2, 3], values, dtype).bytes();
      const buffer = new Uint8Array(stored.length + 8);
      buffer.set(stored, misaligned);
      const bytes = buffer.subarray(misaligned, misaligned + stored.length);
      const rows = floatRows({ dtype, dims: [2, 3], bytes: () => bytes }, 3);
      assert.deepEqual(
        [[...rows(1)], [...rows(0)]],
        [values.slice(3), values.slice(0, 3)],
        `${dtype} ${misaligned}`,
      );
    }
  });
});

describe('channel vectors', () => {
  const read = reader({
    gamma: tensor([2], [3, -1]),
    beta: tensor([2], [10, 20]),
    mean: tensor([2], [2, 4]),
    variance: tensor([2], [8, 15]),
    one: tensor([], [7]),
  });
  const bn = { gamma: 'gamma', variance: 'variance', epsilon: 1 } as const;

  it('of BatchNormalization: t = γ/√(σ² + ε), s = β − μ·t', () => {
    assert.deepEqual([...evaluateVector({ kind: 'bnScale', ...bn }, 2, read)], [1, -0.25]);
    const shift = { kind: 'bnShift', beta: 'beta', mean: 'mean', ...bn } as const;
    assert.deepEqual([...evaluateVector(shift, 2, read)], [8, 21]);
    assert.deepEqual(vectorTensors(shift), ['gamma', 'beta', 'mean', 'variance']);
  });

  it('repeat a single value, turn signs, invert', () => {
    const one = { kind: 'tensor', name: 'one' } as const;
    assert.deepEqual([...evaluateVector(one, 3, read)], [7, 7, 7]);
    assert.deepEqual([...evaluateVector({ kind: 'scaled', factor: -1, of: one }, 1, read)], [-7]);
    assert.deepEqual(
      [...evaluateVector({ kind: 'reciprocal', of: { kind: 'number', value: 4 } }, 2, read)],
      [0.25, 0.25],
    );
    assert.throws(() => evaluateVector({ kind: 'tensor', name: 'beta' }, 3, read), RangeError);
  });

  it('carry the bias through a composition: b₂ + Σ W₂·b₁', () => {
    const first = conv({ inChannels: 1, outChannels: 2, groups: 1, axes: [axis(1, 0)] }, 'v', 'c');
    const then = conv({ inChannels: 2, outChannels: 1, groups: 1, axes: [axis(3, 0)] }, 'w', 'b');
    const composed = { kind: 'compose', first, then, geometry: { ...then.geometry, inChannels: 1 } } as const;
    const tensors = {
      v: tensor([2, 1, 1], [1, 1]),
      c: tensor([2], [10, 100]),
      w: tensor([1, 2, 3], [1, 2, 3, 4, 5, 6]),
      b: tensor([1], [1000]),
    };
    assert.deepEqual([...biasVector(composed, reader(tensors))], [1000 + 6 * 10 + 15 * 100]);
    const rows = kernelRows(composed, reader(tensors));
    const row = new Float64Array(rows.length);
    rows.fill(0, row);
    assert.deepEqual([...row], [5, 7, 9]);
  });
});
