import assert from 'node:assert/strict';
import { convAxis, pointAxis, type Axis } from '../../../src/core/algebra/geometry/axis';
import {
  borderIsVirtual,
  composeGeometry,
  kernelSize,
  readsBetween,
  sumGeometry,
  type Geometry,
} from '../../../src/core/algebra/geometry/geometry';
import { isRefused } from '../../../src/core/algebra/refusal';

const axis = (kernel: number, pad: number, stride = 1, dilation = 1): Axis =>
  convAxis({ kernel, dilation, padBegin: pad, padEnd: pad, stride });

function geometry(channels: readonly [number, number], axes: readonly Axis[], groups = 1): Geometry {
  return { inChannels: channels[0], outChannels: channels[1], groups, axes };
}

function merged(terms: readonly Geometry[], sizes: readonly (number | null)[] = [null, null]): Geometry {
  const sum = sumGeometry(terms, sizes);
  assert.ok(!isRefused(sum), isRefused(sum) ? sum.message : '');
  return sum;
}

function refusal(terms: readonly Geometry[], sizes: readonly (number | null)[] = [null, null]): string {
  const sum = sumGeometry(terms, sizes);
  assert.ok(isRefused(sum));
  assert.match(sum.message, /^[A-Z][^\n]+\.$/);
  return sum.code;
}

const plane = (kernel: number, pad: number, stride = 1, dilation = 1): readonly Axis[] => [
  axis(kernel, pad, stride, dilation),
  axis(kernel, pad, stride, dilation),
];

describe('the geometry of a sum', () => {
  it('is the hull on every axis', () => {
    const sum = merged([
      geometry([4, 8], [axis(3, 1), axis(1, 0)]),
      geometry([4, 8], [axis(1, 0), axis(5, 2)]),
    ]);
    assert.deepEqual(
      sum.axes.map(({ first, count }) => [first, count]),
      [
        [-1, 3],
        [-2, 5],
      ],
    );
    assert.equal(kernelSize(sum), 8 * 4 * 3 * 5);
  });

  it('has the gcd of the groups', () => {
    const groups = (...each: readonly number[]): number =>
      merged(each.map((count) => geometry([24, 24], plane(1, 0), count))).groups;
    assert.deepEqual([groups(24, 24), groups(24, 1), groups(8, 12), groups(6, 4, 3)], [24, 1, 4, 1]);
  });

  it('needs one stride', () => {
    assert.equal(
      refusal([geometry([4, 4], plane(3, 1, 2)), geometry([4, 4], plane(1, 0, 1))]),
      'stride-mismatch',
    );
  });

  it('needs one number of channels', () => {
    assert.equal(refusal([geometry([4, 4], plane(1, 0)), geometry([4, 1], plane(1, 0))]), 'broadcast');
  });

  it('needs one output size: for every size, or for the one that is known', () => {
    // k = 2, s = 2 without pads has slack −1, k = 1 has 0: 8 → 4 and 4, 9 → 4 and 5
    const terms = [geometry([4, 4], plane(2, 0, 2)), geometry([4, 4], plane(1, 0, 2))];
    assert.equal(refusal(terms), 'broadcast');
    assert.equal(refusal(terms, [8, null]), 'broadcast');
    assert.equal(refusal(terms, [8, 9]), 'broadcast');
    const sum = merged(terms, [8, 8]);
    assert.deepEqual(
      sum.axes.map(({ count, slack }) => [count, slack]),
      [
        [2, 0],
        [2, 0],
      ],
      'the larger slack',
    );
  });

  it('needs one window of transposed convolutions, whose outputs would else differ in size', () => {
    const up = (kernel: number, dilation: number, outputPadding = 0): Geometry => ({
      ...geometry([4, 4], [{ first: 0, step: 1, count: kernel, stride: 1, slack: 0 }]),
      transposed: { strides: [2], dilations: [dilation], pads: [0, 0], outputPadding: [outputPadding] },
    });
    assert.deepEqual(merged([up(3, 1), up(3, 1)]).transposed, up(3, 1).transposed);
    // 1 place: 1 and 3 places, which an addition broadcasts
    assert.equal(refusal([up(1, 1), up(3, 1)]), 'stride-mismatch');
    assert.equal(refusal([up(3, 1), up(3, 2)]), 'stride-mismatch');
    assert.equal(refusal([up(3, 1), up(3, 1, 1)]), 'stride-mismatch');
    assert.equal(refusal([up(1, 1), geometry([4, 4], [axis(1, 0)])]), 'stride-mismatch');
  });

  it('of nothing is refused', () => {
    assert.equal(refusal([]), 'unsupported-op');
  });
});

describe('the geometry of a composition', () => {
  it('multiplies strides and cuts groups where both are cut', () => {
    const depthwise = geometry([12, 12], plane(3, 1, 2), 12);
    const grouped = geometry([12, 8], plane(3, 1, 2), 4);
    const both = composeGeometry(depthwise, grouped);
    assert.deepEqual([both.inChannels, both.outChannels, both.groups], [12, 8, 4]);
    assert.deepEqual(
      both.axes.map(({ count, stride }) => [count, stride]),
      [
        [7, 4],
        [7, 4],
      ],
    );
  });
});

describe('the border between two operators', () => {
  const reads = (then: readonly Axis[]): boolean => readsBetween(geometry([1, 1], then));
  const fits = (before: readonly Axis[], then: readonly Axis[]): boolean =>
    borderIsVirtual(geometry([1, 1], before), geometry([1, 1], then));

  it('is read by whoever pads, on either side of either axis', () => {
    assert.equal(reads(plane(3, 0)), false);
    assert.equal(reads(plane(1, 0)), false);
    assert.equal(reads([axis(1, 0), axis(3, 1)]), true);
    const endOnly = convAxis({ kernel: 2, dilation: 1, padBegin: 0, padEnd: 1, stride: 1 });
    assert.equal(reads([endOnly, axis(1, 0)]), true);
    assert.equal(reads([pointAxis(1, 1, -2), pointAxis()]), false, 'a crop reads nothing outside');
  });

  it('is the operator’s own where its virtual outputs see only zeros', () => {
    assert.equal(fits(plane(1, 0), plane(3, 1)), true, '1×1 before anything');
    assert.equal(fits(plane(3, 1), plane(3, 1)), false);
    assert.equal(fits(plane(3, 2), plane(3, 1)), true);
    assert.equal(fits(plane(3, 1), plane(3, 0)), true, 'nobody looks there');
    const uneven = (begin: number, end: number): Axis =>
      convAxis({ kernel: 3, dilation: 1, padBegin: begin, padEnd: end, stride: 2 });
    assert.equal(fits([uneven(1, 2), axis(1, 0)], [axis(3, 1), axis(1, 0)]), true);
    assert.equal(fits([uneven(1, 1), axis(1, 0)], [axis(3, 1), axis(1, 0)]), false);
    assert.equal(fits([uneven(0, 2), axis(1, 0)], [axis(3, 1), axis(1, 0)]), false);
  });

  it('matters only on the sides that are read', () => {
    const beginOnly = convAxis({ kernel: 2, dilation: 1, padBegin: 1, padEnd: 0, stride: 1 });
    const before = convAxis({ kernel: 3, dilation: 1, padBegin: 2, padEnd: 0, stride: 1 });
    assert.equal(fits([before], [beginOnly]), true);
    const endOnly = convAxis({ kernel: 2, dilation: 1, padBegin: 0, padEnd: 1, stride: 1 });
    assert.equal(fits([before], [endOnly]), false);
  });
});
