import assert from 'node:assert/strict';
import { ProblemError } from '../../../src/core/result';
import { agrees, evaluateCase, random } from './againstRuntime';
import type { AttributeSpec } from '../../support/onnxBuilder';

type Attrs = Record<string, AttributeSpec>;

function maxPool(x: number[], attrs: Attrs, opset = 17): void {
  agrees({ op: 'MaxPool', opset, inputs: [random(x)], attrs, roundings: 0 });
}

/** A mean of k elements: k − 1 additions and a division. */
function averagePool(x: number[], attrs: Attrs & { kernel_shape: number[] }, opset = 19): void {
  const window = attrs.kernel_shape.reduce((a, b) => a * b, 1);
  agrees({ op: 'AveragePool', opset, inputs: [random(x)], attrs, roundings: window + 1, scale: 'terms' });
}

describe('eval: pooling against onnxruntime', () => {
  maxPool([2, 3, 7, 8], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] });
  maxPool([1, 3, 7, 8], { kernel_shape: [3, 2], dilations: [2, 3] });
  maxPool([1, 3, 7, 8], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 });
  maxPool([1, 3, 7, 8], { kernel_shape: [2, 2], strides: [3, 3], pads: [0, 0, 1, 1], ceil_mode: 1 });
  maxPool([1, 3, 7, 8], { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' });
  maxPool([1, 3, 7, 8], { kernel_shape: [2, 2], auto_pad: 'SAME_LOWER' }, 11);
  // the window that would start in the end padding is left out
  maxPool([1, 2, 8, 7], { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1], ceil_mode: 1 });
  maxPool([1, 3, 9], { kernel_shape: [3], strides: [2] });
  maxPool([1, 2, 4, 5, 6], { kernel_shape: [2, 3, 2], pads: [0, 1, 1, 1, 1, 0] });
  maxPool([1, 2, 6, 6], { kernel_shape: [1, 1], strides: [2, 2] }, 8);
  averagePool([2, 3, 7, 8], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  averagePool([2, 3, 7, 8], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 });
  averagePool([2, 3, 7, 8], { kernel_shape: [3, 2], strides: [2, 3], pads: [1, 0, 1, 1] }, 7);
  averagePool([1, 3, 7, 8], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 });
  averagePool([1, 3, 8, 8], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, pads: [1, 1, 1, 1] });
  averagePool([1, 3, 8, 8], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    ceil_mode: 1,
    pads: [1, 1, 1, 1],
    count_include_pad: 1,
  });
  averagePool([1, 3, 7, 7], {
    kernel_shape: [2, 2],
    strides: [3, 3],
    ceil_mode: 1,
    pads: [0, 0, 1, 1],
    count_include_pad: 1,
  });
  averagePool([1, 3, 7, 8], { kernel_shape: [2, 3], dilations: [3, 2], pads: [1, 2, 1, 2] });
  averagePool([1, 3, 7, 8], {
    kernel_shape: [2, 3],
    dilations: [3, 2],
    pads: [1, 2, 1, 2],
    count_include_pad: 1,
  });
  averagePool([1, 3, 7, 8], { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' });
  averagePool([1, 3, 7, 8], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    auto_pad: 'SAME_LOWER',
    count_include_pad: 1,
  });
  averagePool([1, 2, 9], { kernel_shape: [4], strides: [2], pads: [1, 1] });
  averagePool([1, 2, 4, 4, 4], { kernel_shape: [2, 2, 2], pads: [1, 0, 0, 0, 0, 1] });
  agrees({ op: 'GlobalAveragePool', inputs: [random([2, 3, 4, 5])], roundings: 21, scale: 'terms' });
  agrees({ op: 'GlobalAveragePool', inputs: [random([2, 3, 7])], roundings: 8, scale: 'terms' });
  agrees({ op: 'GlobalMaxPool', inputs: [random([2, 3, 4, 5])], roundings: 0 });
  // squares, their sum and a root: terms + 3
  agrees({
    op: 'LpPool',
    inputs: [random([1, 3, 6, 6])],
    attrs: { kernel_shape: [2, 3], strides: [2, 1], p: 2 },
    roundings: 9,
    scale: 'terms',
  });
  agrees({
    op: 'GlobalLpPool',
    inputs: [random([1, 3, 3, 4])],
    attrs: { p: 2 },
    roundings: 15,
    scale: 'terms',
  });

  it('refuses to give indices', () => {
    const run = () =>
      evaluateCase({
        op: 'MaxPool',
        inputs: [random([1, 1, 4, 4])],
        attrs: { kernel_shape: [2, 2] },
        outputs: 2,
        roundings: 0,
      });
    assert.throws(run, (error) => error instanceof ProblemError && error.problem.code === 'unsupported');
  });
});
