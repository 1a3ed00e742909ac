import assert from 'node:assert/strict';
import { ProblemError } from '../../../src/core/result';
import type { AttributeSpec } from '../../support/onnxBuilder';
import { agrees, evaluateCase, float32, int64, random } from './againstRuntime';

/** Powers in float32 are approximations: see elementwise.spec.ts. */
const APPROXIMATED = 32;

type Attrs = Record<string, AttributeSpec>;

describe('eval: normalizations against onnxruntime', () => {
  const x = () => random([2, 6, 3, 4]);
  const perChannel = () => random([6], 0.5, 2);
  // t, its product, the shift: γ_8 of the largest output
  agrees({
    op: 'BatchNormalization',
    inputs: [x(), perChannel(), random([6]), random([6]), perChannel()],
    roundings: 8,
  });
  agrees({
    op: 'BatchNormalization',
    opset: 9,
    inputs: [random([3, 6]), perChannel(), random([6]), random([6]), perChannel()],
    attrs: { epsilon: 0.1 },
    roundings: 8,
  });
  // mean and variance of 12 to 72 elements: two sums one after the other, then a few
  agrees({
    op: 'InstanceNormalization',
    inputs: [x(), perChannel(), random([6])],
    attrs: { epsilon: 0.01 },
    roundings: 2 * 12 + 8,
  });
  agrees({
    op: 'GroupNormalization',
    opset: 18,
    inputs: [x(), random([3]), random([3])],
    attrs: { num_groups: 3 },
    roundings: 2 * 24 + 8,
  });
  agrees({
    op: 'GroupNormalization',
    opset: 21,
    inputs: [x(), perChannel(), random([6])],
    attrs: { num_groups: 2 },
    roundings: 2 * 36 + 8,
  });
  agrees({
    op: 'LayerNormalization',
    inputs: [x(), random([4]), random([4])],
    roundings: 2 * 4 + 8,
    outputs: 3,
  });
  agrees({
    op: 'LayerNormalization',
    inputs: [x(), random([3, 4])],
    attrs: { axis: 2, epsilon: 0.1 },
    roundings: 2 * 12 + 8,
  });
  agrees({ op: 'RMSNormalization', opset: 23, inputs: [x(), random([4])], roundings: 16 });
  // a power of float32 is an approximation too
  agrees({
    op: 'LRN',
    inputs: [x()],
    attrs: { size: 3, alpha: 0.5, beta: 0.6, bias: { float: 2 } },
    roundings: APPROXIMATED,
  });
  agrees({ op: 'LRN', inputs: [x()], attrs: { size: 5 }, roundings: APPROXIMATED });

  it('refuses to train', () => {
    const inputs = [x(), perChannel(), random([6]), random([6]), perChannel()];
    const run = () =>
      evaluateCase({ op: 'BatchNormalization', inputs, attrs: { training_mode: 1 }, roundings: 0 });
    assert.throws(run, (error) => error instanceof ProblemError && /training mode/.test(error.message));
  });
});

describe('eval: Resize against onnxruntime', () => {
  const x = () => random([1, 2, 4, 6]);
  const resize = (attrs: Attrs, scales: number[] | null, sizes: number[] | null, opset = 18) => {
    const inputs = [
      x(),
      null,
      scales === null ? null : float32([scales.length], ...scales),
      sizes === null ? null : int64(...sizes),
    ];
    // coordinates in float32 come from a division and a subtraction; neighbours differ by up to 4
    agrees({
      op: 'Resize',
      opset,
      inputs: sizes === null ? inputs.slice(0, 3) : inputs,
      attrs,
      roundings: attrs.mode === 'linear' ? 64 : 0,
      scale: 4,
    });
  };
  for (const coordinate_transformation_mode of [
    'half_pixel',
    'align_corners',
    'asymmetric',
    'pytorch_half_pixel',
  ]) {
    resize({ mode: 'linear', coordinate_transformation_mode }, null, [1, 2, 7, 3]);
    resize({ mode: 'linear', coordinate_transformation_mode }, [1, 1, 2, 1.7], null);
  }
  resize(
    { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' },
    [1, 1, 1.6, 2.3],
    null,
    19,
  );
  for (const nearest_mode of ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) {
    resize({ nearest_mode }, [1, 1, 2, 2], null);
    resize({ nearest_mode, coordinate_transformation_mode: 'asymmetric' }, null, [1, 2, 9, 4]);
  }
  resize({ axes: [2, 3] }, [2, 3], null);
  resize({ axes: [3, 2], mode: 'linear' }, null, [4, 9]);
  resize({ axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' }, null, [12, 9]);
  resize({ axes: [2, 3], keep_aspect_ratio_policy: 'not_smaller' }, null, [12, 9]);
  resize({ mode: 'linear' }, [1, 1, 0.5, 0.5], null, 13);
  agrees({ op: 'Resize', opset: 10, inputs: [x(), float32([4], 1, 1, 2, 1.5)], roundings: 0 });
  agrees({ op: 'Upsample', opset: 9, inputs: [x(), float32([4], 1, 1, 2, 3)], constants: [1], roundings: 0 });
  agrees({
    op: 'Upsample',
    opset: 9,
    inputs: [x(), float32([4], 1, 1, 2, 2)],
    constants: [1],
    attrs: { mode: 'linear' },
    roundings: 64,
    scale: 4,
  });
  agrees({
    op: 'Upsample',
    opset: 7,
    inputs: [x()],
    attrs: { scales: { floats: [1, 1, 2, 3] } },
    roundings: 0,
  });

  it('refuses cubic', () => {
    const run = () =>
      evaluateCase({
        op: 'Resize',
        inputs: [x(), null, float32([4], 1, 1, 2, 2)],
        attrs: { mode: 'cubic' },
        roundings: 0,
      });
    assert.throws(run, (error) => error instanceof ProblemError && error.problem.code === 'unsupported');
  });
});
