import fc from 'fast-check';
import { DECOY_STEPS, type ConstantForm, type ConstantShape, type Step } from './recipe';
import { weighted } from './settings';

/** Random operators with one variable input, decoys among them. */

const form = weighted<ConstantForm>(
  [20, 'initializer'],
  [2, 'Constant'],
  [2, 'Identity'],
  [2, 'Reshape'],
  [2, 'Transpose'],
  [2, 'doubled'],
  [3, 'shared'],
);
/** In convolutions and steps, rarely no constant at all. */
export const anyForm = fc.oneof(
  { withCrossShrink: true },
  { weight: 60, arbitrary: form },
  {
    weight: 1,
    arbitrary: fc.constant<ConstantForm>('overridable'),
  },
);

const shape = weighted<ConstantShape>([3, 'channel'], [3, 'full'], [2, 'scalar'], [1, 'one'], [1, 'ones']);

const goodStep: fc.Arbitrary<Step> = fc.oneof(
  { withCrossShrink: true },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('bn' as const),
      epsilon: fc.nat({ max: 3 }),
      form: anyForm,
      call: weighted([9, false], [1, true]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('scale' as const),
      op: weighted([3, 'Mul' as const], [1, 'Div' as const]),
      shape,
      swapped: fc.boolean(),
      form: anyForm,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('shift' as const),
      op: weighted([2, 'Add' as const], [2, 'Sub' as const]),
      shape,
      swapped: fc.boolean(),
      form: anyForm,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('plain' as const),
      op: fc.constantFrom('Identity', 'Dropout', 'Cast', 'Neg', 'Sum', 'Mean', 'MaxPool', 'AveragePool'),
    }),
  },
);

const turnedStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('turned' as const),
  order: fc.nat({ max: 5 }),
  op: fc.constantFrom('Mul', 'Add', 'Neg', 'MatMul'),
  isWrong: weighted([3, false], [1, true]),
});

const decoyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('decoy' as const),
  decoy: fc.constantFrom(...DECOY_STEPS),
});

const steps = (max: number, decoys = 3): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.oneof(
      { withCrossShrink: true },
      { weight: 24, arbitrary: goodStep },
      { weight: 1, arbitrary: turnedStep },
      { weight: decoys, arbitrary: decoyStep },
    ),
    { maxLength: max },
  );

/** None more often than some. */
export const few = (max: number): fc.Arbitrary<readonly Step[]> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant<readonly Step[]>([]) },
    { weight: 1, arbitrary: steps(max) },
  );
