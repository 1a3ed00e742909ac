import assert from 'node:assert/strict';
import { convAxis } from '../../../src/core/algebra/geometry/axis';
import { composeGeometry, type Geometry } from '../../../src/core/algebra/geometry/geometry';
import { denseRows } from '../../../src/core/algebra/kernel/denseRows';
import type { KernelExpr } from '../../../src/core/algebra/kernel/kernelExpr';
import { kernelRows } from '../../../src/core/algebra/kernel/kernelRows';
import type { TensorReader } from '../../../src/core/algebra/kernel/vectorExpr';
import { affine, conv } from '../../../src/core/algebra/operator';
import { fromNdArray } from '../../../src/core/tensor/convert';
import { elementCount } from '../../../src/core/tensor/tensor';

interface Case {
  readonly channels: readonly [number, number, number];
  readonly kernels: readonly [number, number];
  readonly groups: number;
}

const CASES: readonly Case[] = [
  { channels: [8, 12, 9], kernels: [1, 3], groups: 1 },
  { channels: [7, 11, 4], kernels: [1, 3], groups: 1 },
  { channels: [6, 20, 6], kernels: [1, 5], groups: 2 },
  { channels: [5, 10, 7], kernels: [3, 1], groups: 1 },
  { channels: [3, 24, 6], kernels: [3, 3], groups: 3 },
  { channels: [1, 1, 1], kernels: [1, 1], groups: 1 },
];

function geometry(inChannels: number, outChannels: number, kernel: number, groups: number): Geometry {
  const axis = convAxis({ kernel, dilation: 1, padBegin: 0, padEnd: 0, stride: 1 });
  return { inChannels, outChannels, groups, axes: [axis, axis] };
}

/** Numbers with all bits in use, every seventh of them 0. */
function reader(fill?: number): TensorReader {
  return (name) => {
    const dims = name.split('×').slice(1).map(Number);
    const data = Float64Array.from({ length: elementCount(dims) }, (_, i) =>
      i % 7 === 3 ? 0 : Math.fround(Math.sin(i * 12.9898 + name.length) * 3),
    );
    if (fill !== undefined) data[0] = fill;
    return fromNdArray({ dtype: 'float32', dims, data });
  };
}

function stored({ inChannels, outChannels, groups, axes }: Geometry, name: string): KernelExpr {
  const dims = [outChannels, inChannels / groups, ...axes.map((axis) => axis.count)];
  return conv({ inChannels, outChannels, groups, axes }, [name, ...dims].join('×'), null);
}

/** Two convolutions, a BN's scale between them; `asRows` hides that the first is a matrix, so that it is added row by row. */
function composition({ channels, kernels, groups }: Case, asRows: boolean): KernelExpr {
  const [inner, middle, outer] = channels;
  const own = geometry(inner, middle, kernels[0], 1);
  const scaled = affine(stored(own, 'first'), { kind: 'tensor', name: `scale×${middle}` }, null);
  const rows = Array.from({ length: middle }, (_, row) => row);
  const first: KernelExpr = asRows ? { kind: 'rows', geometry: own, of: scaled, rows } : scaled;
  const then = stored(geometry(middle, outer, kernels[1], groups), 'then');
  const composed = composeGeometry(first.geometry, then.geometry);
  return { kind: 'compose', geometry: composed, first, then };
}

function allRows(expr: KernelExpr, read: TensorReader): Float64Array {
  const { length, fill } = kernelRows(expr, read);
  const all = new Float64Array(length * expr.geometry.outChannels);
  for (let o = 0; o < expr.geometry.outChannels; o++) fill(o, all.subarray(o * length, (o + 1) * length));
  return all;
}

describe('a composition computed in blocks', () => {
  for (const one of CASES) {
    const name = `${one.channels.join(' → ')}, ${one.kernels.join(' then ')}, ${one.groups} groups`;
    it(`is to the last bit what it is channel by channel: ${name}`, () => {
      assert.ok(denseRows((composition(one, false) as { first: KernelExpr }).first, reader()) !== null);
      assert.equal(denseRows((composition(one, true) as { first: KernelExpr }).first, reader()), null);
      const blocked = allRows(composition(one, false), reader());
      assert.deepEqual(blocked, allRows(composition(one, true), reader()));
      assert.ok(one.channels[0] === 1 || blocked.some((value) => value !== 0));
    });
  }

  it('is left to the other way where a number is not finite, since 0 · ∞ is not 0', () => {
    const [one] = CASES as [Case];
    const { first } = composition(one, false) as { first: KernelExpr };
    for (const value of [Infinity, NaN]) assert.equal(denseRows(first, reader(value)), null);
  });
});
