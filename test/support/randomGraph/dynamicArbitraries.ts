import fc from 'fast-check';
import type { DynamicRecipe, DynamicStage } from './dynamic';
import type { ConvRecipe, Step } from './recipe';
import { settings, weighted } from './settings';

/** Random dynamic convolutions. */

const step: fc.Arbitrary<Step> = fc.oneof(
  { withCrossShrink: true },
  fc.constant<Step>({ kind: 'plain', op: 'Identity' }),
  fc.constant<Step>({ kind: 'bn', epsilon: 1, form: 'initializer', call: false }),
  fc.record({
    kind: fc.constant('scale' as const),
    op: fc.constantFrom('Mul', 'Div'),
    shape: fc.constantFrom('channel', 'full', 'scalar'),
    swapped: fc.boolean(),
    form: fc.constant('initializer' as const),
  }),
  fc.record({
    kind: fc.constant('shift' as const),
    op: fc.constantFrom('Add', 'Sub'),
    shape: fc.constantFrom('channel', 'full'),
    swapped: fc.boolean(),
    form: fc.constant('initializer' as const),
  }),
);
const steps = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant<readonly Step[]>([]) },
  { weight: 1, arbitrary: fc.array(step, { maxLength: 2 }) },
);

const conv: fc.Arbitrary<ConvRecipe> = fc.record({
  kernel: weighted<readonly number[]>([3, [3, 3]], [2, [1, 1]], [1, [2, 2]], [1, [1, 3]], [1, [5, 5]]),
  dilation: weighted<readonly number[]>([4, [1, 1]], [1, [2, 2]]),
  split: weighted<readonly number[]>([4, [0.5, 0.5]], [1, [0, 1]]),
  groups: fc.nat({ max: 3 }),
  bias: fc.boolean(),
  form: fc.constant('initializer' as const),
  auto: fc.constant('NOTSET' as const),
});

const stage: fc.Arbitrary<DynamicStage> = fc.record({
  space: fc.constantFrom('kernel', 'feature'),
  count: fc.integer({ min: 1, max: 4 }),
  head: weighted<DynamicStage['head']>([3, 'Softmax'], [1, 'Sigmoid'], [2, 'HardSigmoid']),
  temperature: weighted([2, 1], [1, 30]),
  isConstant: weighted([6, false], [1, true]),
  flatten: fc.constantFrom('Reshape', 'Flatten'),
  take: fc.constantFrom('Slice', 'Split'),
  channels: weighted([2, 0], [1, 2], [1, 4], [1, 6]),
  conv,
  stride: weighted([4, 1], [1, 2]),
  bias: fc.boolean(),
  inner: steps,
  outer: steps,
  side: weighted<DynamicStage['side']>([2, 'none'], [2, 'conv'], [1, 'identity']),
  behindSide: steps,
  decoy: weighted<DynamicStage['decoy']>(
    [8, 'none'],
    [1, 'relu'],
    [1, 'places'],
    [1, 'channels'],
    [1, 'escape'],
  ),
});

export const dynamicRecipe: fc.Arbitrary<DynamicRecipe> = fc.record({
  kind: fc.constant('dynamic'),
  ...settings,
  // the sums over places of a whole image are long enough in float32
  dtype: fc.constant('float32' as const),
  rank: weighted([4, 2], [1, 1]),
  channels: fc.constantFrom(2, 3, 4, 6),
  size: fc.tuple(fc.integer({ min: 3, max: 7 }), fc.integer({ min: 3, max: 7 })),
  batches: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
  stages: fc.array(stage, { minLength: 1, maxLength: 2 }),
});
