import assert from 'node:assert/strict';
import { convAxis, type Axis } from '../../../src/core/algebra/geometry/axis';
import { kernelBound } from '../../../src/core/algebra/kernel/kernelBound';
import { kernelRows } from '../../../src/core/algebra/kernel/kernelRows';
import {
  affine,
  averagePool,
  composeInside,
  conv,
  identity,
  linear,
  selectRows,
  stack,
  sum,
  type Operator,
} from '../../../src/core/algebra/operator';
import { isRefused, type AlgebraRefusal } from '../../../src/core/algebra/refusal';
import { fromNdArray } from '../../../src/core/tensor/convert';
import type { Tensor } from '../../../src/core/tensor/tensor';

const axis = (kernel: number, pad: number): Axis =>
  convAxis({ kernel, dilation: 1, padBegin: pad, padEnd: pad, stride: 1 });
const tensor = (dims: readonly number[], data: readonly number[]): Tensor =>
  fromNdArray({ dtype: 'float32', dims, data: Float64Array.from(data) });

const TENSORS: Readonly<Record<string, Tensor>> = {
  a: tensor([2, 2, 1], [1, -3, 2, 0.5]),
  b: tensor([2, 2, 3], [1, 2, 3, 4, 5, 6, -7, 8, -9, 10, 11, 12]),
  m: tensor([2, 2], [1, -5, 2, 3]),
  s: tensor([2], [-4, 0.5]),
  none: tensor([2, 2, 1], [0, 0, NaN, 1]),
  endless: tensor([2], [0, -Infinity]),
  zero: tensor([2], [0, 0]),
};
const read = (name: string): Tensor => TENSORS[name] ?? assert.fail(`${name} is no tensor`);

function made(operator: Operator | AlgebraRefusal): Operator {
  assert.ok(!isRefused(operator));
  return operator;
}

const square = { inChannels: 2, outChannels: 2, groups: 1 };
const a = conv({ ...square, axes: [axis(1, 0)] }, 'a', null);
const b = conv({ ...square, axes: [axis(3, 0)] }, 'b', null);
const b1 = conv({ ...square, axes: [axis(3, 1)] }, 'b', null);
const scaled = (of: Operator, name: string): Operator => affine(of, { kind: 'tensor', name }, null);

describe('the bound of a kernel', () => {
  const CASES: readonly (readonly [string, Operator, number])[] = [
    ['a convolution', b, 12],
    ['a matrix', linear(2, 2, 1, 'm', false), 5],
    ['the identity', identity(2, 1), 1],
    ['an average', averagePool(2, [axis(4, 0)]), 0.25],
    ['a scale', scaled(b, 's'), 48],
    [
      'a sum',
      made(
        sum(
          [
            { coefficient: -2, of: a },
            { coefficient: 1, of: b1 },
          ],
          [null],
        ),
      ),
      18,
    ],
    ['a composition', composeInside(a, b), 2 * 3 * 3 * 12],
    ['chosen rows', selectRows(b, [1]), 12],
    ['a stack', made(stack([a, a], [null])), 3],
  ];
  for (const [what, operator, bound] of CASES) {
    it(`of ${what} is by hand, and no element exceeds it`, () => {
      assert.equal(kernelBound(operator, read), bound);
      const rows = kernelRows(operator, read);
      const row = new Float64Array(rows.length);
      for (let o = 0; o < operator.geometry.outChannels; o++) {
        rows.fill(o, row);
        assert.ok(row.every((value) => Math.abs(value) <= bound));
        assert.ok(row.some((value) => value !== 0));
      }
    });
  }

  it('is infinite where a number is none, even times 0', () => {
    const none = conv({ ...square, axes: [axis(1, 0)] }, 'none', null);
    for (const operator of [none, scaled(none, 'zero'), scaled(a, 'endless'), composeInside(none, b)]) {
      assert.equal(kernelBound(operator, read), Infinity);
    }
  });
});
