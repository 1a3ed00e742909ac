import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  composeAxis,
  convAxis,
  gcd,
  hullAxis,
  lastTap,
  outputSize,
  pointAxis,
  seesOnlyOutsideAfter,
  seesOnlyOutsideBefore,
  toConvAxis,
  type Axis,
  type ConvAxis,
} from '../../../src/core/algebra/geometry/axis';

const conv = (kernel: number, padBegin: number, padEnd = padBegin, stride = 1, dilation = 1): Axis =>
  convAxis({ kernel, dilation, padBegin, padEnd, stride });

const offsets = (axis: Axis): number[] =>
  Array.from({ length: axis.count }, (_, j) => axis.first + j * axis.step);

/** What a Conv attribute set may be: kernels 1 to 5, uneven pads. */
const anyConv = fc.record<ConvAxis>({
  kernel: fc.integer({ min: 1, max: 5 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  padBegin: fc.integer({ min: 0, max: 5 }),
  padEnd: fc.integer({ min: 0, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
});

/** Taps that may begin inside the image: crops and Pads with negative sizes. */
const anyAxis = fc.record<Axis>({
  first: fc.integer({ min: -6, max: 6 }),
  step: fc.integer({ min: 1, max: 3 }),
  count: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  slack: fc.integer({ min: -6, max: 6 }),
});

/** A single tap has no distance. */
const normal = (axis: Axis): Axis => (axis.count === 1 ? { ...axis, step: 1 } : axis);

/** y[o] = Σ w[j]·x[stride·o + first + j·step] with zeros outside, for weights by offset. */
function apply(axis: Axis, weights: ReadonlyMap<number, number>, x: readonly number[]): number[] {
  const size = outputSize(axis, x.length);
  return Array.from({ length: Math.max(0, size) }, (_, o) =>
    offsets(axis).reduce((sum, at) => sum + (weights.get(at) ?? 0) * (x[axis.stride * o + at] ?? 0), 0),
  );
}

const signal = (size: number): number[] => Array.from({ length: size }, (_, i) => 1 + ((i * 7) % 5));
const tapWeights = (axis: Axis): Map<number, number> =>
  new Map(offsets(axis).map((offset, j) => [offset, 2 + ((j * 3) % 7)]));

/** −0, which counts as 0. */
const plain = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).map(([key, number]) => [key, (number as number) + 0])) as T;

describe('an axis', () => {
  it('of a Conv', () => {
    assert.deepEqual(plain(conv(3, 1)), { first: -1, step: 1, count: 3, stride: 1, slack: 0 });
    assert.deepEqual(plain(conv(3, 1, 2, 2, 2)), { first: -1, step: 2, count: 3, stride: 2, slack: -1 });
    assert.deepEqual(conv(1, 0, 0, 1, 4).step, 1, 'one tap has no dilation');
    assert.deepEqual(pointAxis(2), { first: 0, step: 1, count: 1, stride: 2, slack: 0 });
  });

  it('gives the output size that ONNX states', () => {
    fc.assert(
      fc.property(anyConv, fc.integer({ min: 1, max: 40 }), (attributes, size) => {
        const { kernel, dilation, padBegin, padEnd, stride } = attributes;
        const extent = (kernel - 1) * dilation + 1;
        const stated = Math.floor((size + padBegin + padEnd - extent) / stride) + 1;
        assert.equal(outputSize(convAxis(attributes), size), stated);
      }),
    );
  });
});

describe('the hull of axes', () => {
  const hullOffsets = (...axes: readonly Axis[]): number[] => offsets(hullAxis(axes));

  it('by hand', () => {
    assert.deepEqual(hullOffsets(conv(3, 1), conv(1, 0)), [-1, 0, 1]);
    assert.deepEqual(hullOffsets(conv(3, 2, 2, 1, 2), conv(1, 0)), [-2, 0, 2], 'the dilation stays');
    assert.deepEqual(hullOffsets(conv(3, 2, 2, 1, 2), conv(3, 1)), [-2, -1, 0, 1, 2]);
    assert.deepEqual(hullOffsets(conv(2, 0, 1), conv(1, 0)), [0, 1], 'an even kernel');
    assert.deepEqual(hullOffsets(conv(2, 3, 0, 1, 3), conv(1, 0)), [-3, 0]);
    assert.deepEqual(hullOffsets(conv(3, 6, 6, 1, 6), conv(3, 4, 4, 1, 4)), [-6, -4, -2, 0, 2, 4, 6]);
  });

  it('of single taps is no dilation of nothing', () => {
    assert.equal(hullAxis([conv(1, 0), conv(1, 0)]).step, 1);
    assert.throws(() => hullAxis([]), RangeError);
  });

  it('holds all taps, begins and ends with one, and is as wide as it can be', () => {
    fc.assert(
      fc.property(fc.array(anyAxis.map(normal), { minLength: 1, maxLength: 4 }), (axes) => {
        const hull = hullAxis(axes);
        const taps = axes.flatMap(offsets);
        const lattice = new Set(offsets(hull));
        assert.ok(taps.every((tap) => lattice.has(tap)));
        assert.deepEqual([hull.first, lastTap(hull)], [Math.min(...taps), Math.max(...taps)]);
        const distance = taps.reduce((common, tap) => gcd(common, tap - hull.first), 0);
        assert.equal(hull.step, distance || 1);
      }),
    );
  });
});

describe('the composition of axes', () => {
  it('by hand', () => {
    const twice = composeAxis(conv(3, 1), conv(3, 1));
    assert.deepEqual(plain(twice), { first: -2, step: 1, count: 5, stride: 1, slack: 0 });
    const strided = composeAxis(conv(3, 1, 1, 2), conv(3, 1, 1, 2));
    assert.deepEqual(plain(strided), { first: -3, step: 1, count: 7, stride: 4, slack: 0 });
    const sparse = composeAxis(conv(1, 0, 0, 2), conv(3, 1));
    assert.deepEqual(
      plain(sparse),
      { first: -2, step: 2, count: 3, stride: 2, slack: 0 },
      '1×1 stride 2 dilates',
    );
    assert.equal(composeAxis(pointAxis(), pointAxis()).step, 1);
  });

  it('has the taps and the sizes that two steps have', () => {
    fc.assert(
      fc.property(anyAxis.map(normal), anyAxis.map(normal), (before, then) => {
        const composed = composeAxis(before, then);
        const taps = offsets(then).flatMap((outer) =>
          offsets(before).map((inner) => before.stride * outer + inner),
        );
        const lattice = new Set(offsets(composed));
        assert.ok(taps.every((tap) => lattice.has(tap)));
        assert.deepEqual([composed.first, lastTap(composed)], [Math.min(...taps), Math.max(...taps)]);
        const distance = taps.reduce((common, tap) => gcd(common, tap - composed.first), 0);
        assert.equal(composed.step, distance || 1, 'as sparse as it can be');
        assert.equal(composed.stride, before.stride * then.stride);
        for (let size = 1; size <= 24; size++)
          assert.equal(outputSize(composed, size), outputSize(then, outputSize(before, size)));
      }),
    );
  });
});

describe('what virtual outputs see', () => {
  /** Whether all taps of the output at `place` read outside an image of `size`. */
  const isOutside = (axis: Axis, place: number, size: number): boolean =>
    offsets(axis).every((offset) => {
      const at = axis.stride * place + offset;
      return at < 0 || at >= size;
    });

  it('by hand: p ≥ ke − s before, p ≥ ke − 1 after', () => {
    assert.equal(seesOnlyOutsideBefore(conv(3, 1)), false);
    assert.equal(seesOnlyOutsideBefore(conv(3, 2)), true);
    assert.equal(seesOnlyOutsideBefore(conv(3, 1, 1, 2)), true);
    assert.equal(seesOnlyOutsideAfter(conv(3, 1, 1, 2)), false);
    assert.equal(seesOnlyOutsideAfter(conv(3, 1, 2, 2)), true);
    assert.ok(seesOnlyOutsideBefore(conv(1, 0)) && seesOnlyOutsideAfter(conv(1, 0)));
  });

  it('against all outputs beyond the image', () => {
    fc.assert(
      fc.property(anyConv.map(convAxis), (axis) => {
        // images that are larger than every offset, so that nothing is outside on the other side
        const sizes = Array.from({ length: 12 }, (_, i) => 40 + i);
        const beyond = Array.from({ length: 10 }, (_, i) => i);
        const before = sizes.every((size) => beyond.every((i) => isOutside(axis, -1 - i, size)));
        assert.equal(seesOnlyOutsideBefore(axis), before);
        const after = sizes.every((size) =>
          beyond.every((i) => isOutside(axis, outputSize(axis, size) + i, size)),
        );
        assert.equal(seesOnlyOutsideAfter(axis), after);
      }),
    );
  });
});

describe('an axis as a Conv states it', () => {
  it('gives a Conv back as it was', () => {
    const attributes = { kernel: 3, dilation: 2, padBegin: 1, padEnd: 4, stride: 2 };
    assert.deepEqual(plain(toConvAxis(convAxis(attributes)).conv), attributes);
  });

  it('adds zero taps where the pads would be negative', () => {
    // ACNet's crop: the 3-tap kernel begins one pixel inside and ends one before the end
    const cropped: Axis = { first: 1, step: 1, count: 1, stride: 1, slack: -2 };
    const { conv: stated } = toConvAxis(cropped);
    assert.deepEqual(plain(stated), { kernel: 3, dilation: 1, padBegin: 0, padEnd: 0, stride: 1 });
    const coarse: Axis = { first: 3, step: 2, count: 2, stride: 1, slack: -5 };
    assert.deepEqual(plain(toConvAxis(coarse).conv), {
      kernel: 6,
      dilation: 1,
      padBegin: 0,
      padEnd: 0,
      stride: 1,
    });
  });

  it('computes the same, without negative pads', () => {
    fc.assert(
      fc.property(anyAxis.map(normal), fc.integer({ min: 1, max: 20 }), (axis, size) => {
        const weights = tapWeights(axis);
        const { conv: stated, axis: grown } = toConvAxis(axis);
        assert.ok(stated.padBegin >= 0 && stated.padEnd >= 0 && stated.kernel >= 1 && stated.dilation >= 1);
        assert.deepEqual(plain(convAxis(stated)), plain(normal(grown)), 'the two forms agree');
        const lattice = new Set(offsets(grown));
        assert.ok(offsets(axis).every((offset) => lattice.has(offset)));
        // integers: equal to the last bit
        assert.deepEqual(apply(convAxis(stated), weights, signal(size)), apply(axis, weights, signal(size)));
      }),
    );
  });
});

it('gcd', () => {
  assert.deepEqual([gcd(0, 0), gcd(0, 5), gcd(-6, 4), gcd(7, 3)], [0, 5, 2, 1]);
});
