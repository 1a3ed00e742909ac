import { agrees, evaluateCase, random } from './againstRuntime';
import assert from 'node:assert/strict';
import type { AttributeSpec } from '../../support/onnxBuilder';
import { ProblemError } from '../../../src/core/result';

type Attrs = Record<string, AttributeSpec>;

/** The number of products in one output element of a convolution. */
function conv(x: number[], w: number[], attrs: Attrs = {}, bias = true): void {
  const products = w.slice(1).reduce((a, b) => a * b, 1);
  agrees({
    op: 'Conv',
    inputs: [random(x), random(w), ...(bias ? [random([w[0]!])] : [])],
    attrs,
    roundings: products + 1,
    scale: 'terms',
  });
}

function convTranspose(x: number[], w: number[], attrs: Attrs = {}): void {
  const group = typeof attrs.group === 'number' ? attrs.group : 1;
  const products = w[0]! * w.slice(2).reduce((a, b) => a * b, 1);
  agrees({
    op: 'ConvTranspose',
    inputs: [random(x), random(w), random([w[1]! * group])],
    attrs,
    roundings: products + 1,
    scale: 'terms',
  });
}

describe('eval: Conv against onnxruntime', () => {
  conv([2, 3, 7, 6], [4, 3, 3, 3], { pads: [1, 1, 1, 1] });
  conv([1, 4, 7, 6], [5, 4, 3, 3], { pads: [1, 1, 1, 1] });
  conv([1, 9, 7, 6], [7, 9, 3, 2], { pads: [0, 2, 1, 1], strides: [2, 1] }, false);
  conv([1, 6, 8, 8], [6, 2, 3, 3], { group: 3, dilations: [2, 1], pads: [2, 1, 2, 1] });
  conv([1, 8, 5, 5], [8, 1, 3, 3], { group: 8, pads: [1, 1, 1, 1], strides: [2, 2] });
  conv([1, 8, 5, 5], [16, 1, 3, 3], { group: 8, pads: [1, 1, 1, 1] });
  conv([1, 8, 6, 6], [12, 4, 1, 1], { group: 2 });
  conv([2, 5, 6, 6], [3, 5, 1, 1]);
  conv([1, 2, 6, 7], [3, 2, 1, 1], { strides: [2, 3] });
  conv([1, 2, 6, 7], [3, 2, 1, 1], { pads: [1, 0, 2, 1] });
  conv([1, 3, 8, 9], [4, 3, 3, 3], { auto_pad: 'SAME_UPPER', strides: [2, 2] });
  conv([1, 3, 8, 9], [4, 3, 3, 3], { auto_pad: 'SAME_LOWER', strides: [2, 2] });
  conv([1, 3, 8, 9], [4, 3, 4, 2], { auto_pad: 'SAME_UPPER' });
  conv([1, 3, 8, 9], [4, 3, 3, 3], { auto_pad: 'VALID', strides: [3, 1] });
  conv([1, 3, 4, 4], [4, 3, 5, 5], { pads: [3, 3, 3, 3], dilations: [2, 2] });
  conv([2, 3, 11], [4, 3, 3], { pads: [2, 1], strides: [2], dilations: [2] });
  conv([2, 4, 9], [6, 2, 1], { group: 2 });
  conv([1, 2, 4, 5, 6], [3, 2, 2, 3, 3], { pads: [1, 1, 1, 0, 1, 2], strides: [1, 2, 1] });
  conv([1, 4, 4, 5, 6], [4, 2, 3, 1, 3], { group: 2, dilations: [1, 1, 2] });

  it('refuses weights for another number of channels', () => {
    const run = () =>
      evaluateCase({ op: 'Conv', inputs: [random([1, 3, 4, 4]), random([2, 4, 1, 1])], roundings: 0 });
    assert.throws(run, (error) => error instanceof ProblemError && error.problem.code === 'bad-input');
  });

  it('lets an infinity through, and a NaN where it meets a zero', () => {
    const x = { ...random([1, 1, 1, 3]), data: Float64Array.of(1, Infinity, 2) };
    const w = { ...random([2, 1, 1, 1]), data: Float64Array.of(1, 0) };
    const [y] = evaluateCase({ op: 'Conv', inputs: [x, w], roundings: 0 });
    assert.deepEqual(Array.from(y!.data), [1, Infinity, 2, 0, NaN, 0]);
  });
});

describe('eval: ConvTranspose against onnxruntime', () => {
  convTranspose([1, 3, 4, 5], [3, 2, 3, 3]);
  convTranspose([2, 3, 4, 5], [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] });
  convTranspose([1, 4, 4, 5], [4, 3, 2, 3], { group: 2, strides: [2, 3] });
  convTranspose([1, 3, 4, 5], [3, 2, 3, 3], { dilations: [2, 1], pads: [1, 0, 0, 1] });
  convTranspose([1, 3, 4, 5], [3, 2, 3, 3], { strides: [2, 2], output_shape: [8, 10] });
  convTranspose([1, 3, 4, 5], [3, 2, 3, 3], {
    strides: [2, 2],
    output_shape: [8, 9],
    auto_pad: 'SAME_UPPER',
  });
  convTranspose([1, 3, 4, 5], [3, 2, 3, 3], { strides: [2, 2], auto_pad: 'SAME_UPPER' });
  convTranspose([1, 3, 4, 5], [3, 2, 3, 3], { strides: [2, 2], auto_pad: 'SAME_LOWER' });
  convTranspose([2, 3, 7], [3, 2, 4], { strides: [3], pads: [1, 2], output_padding: [2] });
  convTranspose([1, 2, 3, 3, 4], [2, 2, 2, 3, 2], { strides: [2, 1, 2] });
});
