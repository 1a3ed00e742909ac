import assert from 'node:assert/strict';
import { evaluateNode } from '../../../src/core/eval/evaluateNode';
import type { Attribute, Node } from '../../../src/core/ir/model';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { FLOAT64_NOISE } from '../../../src/core/verify/bounds';
import { seededRandom } from '../../../src/core/verify/random';

/** One image, a stride and a pad for both axes. */
interface Case {
  readonly inputs: number;
  readonly outputs: number;
  readonly group: number;
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

/** The formula, written down; and the same on magnitudes, which what the order of sums may do is measured by. */
function byFormula(
  { inputs, outputs, group, size: [height, width], kernel, stride, pad }: Case,
  x: Float64Array,
  w: Float64Array,
): { readonly values: number[]; readonly sizes: number[] } {
  const perGroup = inputs / group;
  const [rows, columns] = [height, width].map((one) => Math.floor((one + 2 * pad - kernel) / stride) + 1);
  const values: number[] = [];
  const sizes: number[] = [];
  for (let o = 0; o < outputs; o++) {
    for (let r = 0; r < rows!; r++) {
      for (let c = 0; c < columns!; c++) {
        let [value, size] = [0, 0];
        for (let i = 0; i < perGroup; i++) {
          for (let tap = 0; tap < kernel * kernel; tap++) {
            const row = r * stride + Math.floor(tap / kernel) - pad;
            const column = c * stride + (tap % kernel) - pad;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const plane = Math.floor(o / (outputs / group)) * perGroup + i;
            const term =
              w[(o * perGroup + i) * kernel ** 2 + tap]! * x[(plane * height + row) * width + column]!;
            value += term;
            size += Math.abs(term);
          }
        }
        values.push(value);
        sizes.push(size);
      }
    }
  }
  return { values, sizes };
}

function evaluated(one: Case, x: Float64Array, w: Float64Array): Float64Array {
  const { inputs, outputs, group, size, kernel, stride, pad } = one;
  const ints = (value: number, count: number): Attribute => ({
    kind: 'ints',
    value: Array(count).fill(value),
  });
  const attributes = new Map<string, Attribute>([
    ['group', { kind: 'int', value: group }],
    ['strides', ints(stride, 2)],
    ['pads', ints(pad, 4)],
  ]);
  const node: Node = {
    name: 'c',
    opType: 'Conv',
    domain: '',
    inputs: ['x', 'w'],
    outputs: ['y'],
    attributes,
    origin: { kind: 'file', ref: null },
  };
  const array = (dims: readonly number[], data: Float64Array): NdArray => ({ dtype: 'float32', dims, data });
  const kernels = array([outputs, inputs / group, kernel, kernel], w);
  const [y] = evaluateNode(node, [array([1, inputs, ...size], x), kernels], { opset: 17 });
  return y!.data;
}

function check(
  one: Case,
  light: (random: ReturnType<typeof seededRandom>) => number,
  infinite = false,
): void {
  const random = seededRandom(1, JSON.stringify(one));
  const x = Float64Array.from({ length: one.inputs * one.size[0] * one.size[1] }, () => light(random));
  const weights = (one.outputs * one.inputs * one.kernel ** 2) / one.group;
  const w = Float64Array.from({ length: weights }, () => random.normal());
  if (infinite) w[0] = Infinity;
  const { values, sizes } = byFormula(one, x, w);
  const result = evaluated(one, x, w);
  assert.equal(result.length, values.length);
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) assert.ok(Object.is(result[i], value), `${result[i]} at ${i}, not ${value}`);
    else
      assert.ok(
        Math.abs(result[i]! - value) <= FLOAT64_NOISE * sizes[i]!,
        `${result[i]} at ${i}, not ${value}`,
      );
  });
}

describe('eval: the ways that a Conv is computed in are one formula', () => {
  const dense: Case = { inputs: 5, outputs: 7, group: 1, size: [5, 6], kernel: 3, stride: 1, pad: 1 };
  const normal = (random: { normal(): number }): number => random.normal();
  const rare = (random: { integer(below: number): number; normal(): number }): number =>
    random.integer(20) === 0 ? random.normal() : 0;
  const cases: Readonly<Record<string, Case>> = {
    'outputs and places that are no multiple of a tile': dense,
    'a sum longer than one walk': { ...dense, inputs: 64, outputs: 4 },
    'more places than are packed at once': { ...dense, inputs: 400, outputs: 4, size: [9, 9] },
    'strides and no pads': { ...dense, size: [8, 7], stride: 2, pad: 0 },
    'groups of four outputs': { ...dense, inputs: 6, outputs: 8, group: 2 },
    'groups of one output': { ...dense, inputs: 6, outputs: 6, group: 6 },
    'a kernel of one tap': { ...dense, kernel: 1, pad: 0 },
    'more places than are listed': { ...dense, inputs: 1, outputs: 1, size: [94, 95], kernel: 31, pad: 15 },
  };
  for (const [what, one] of Object.entries(cases)) {
    it(`${what}: all lit, few lit, none lit`, () => {
      check(one, normal);
      check(one, rare);
      check(one, () => 0);
    });
  }

  it('an infinite weight meets the image only, not what is padded or dark beside it', () => {
    check(dense, normal, true);
    check({ ...dense, inputs: 6, outputs: 6, group: 6 }, normal, true);
    check(dense, rare, true);
  });
});
