import fc from 'fast-check';
import type { LinearBranch, LinearRecipe, LinearStage, LinearStep } from './linear';
import { settings, weighted } from './settings';

/** Random networks of matrix products. */

const step = weighted<LinearStep>(
  [4, 'scale'],
  [3, 'scaleFeatures'],
  [4, 'shift'],
  [1, 'divide'],
  [3, 'bn'],
  [1, 'identity'],
  [1, 'neg'],
  [1, 'relu'],
  [1, 'perToken'],
  [1, 'bnOfTokens'],
  [1, 'convOfTokens'],
  [1, 'swappedHalves'],
  [1, 'rolledTokens'],
);

const branch: fc.Arbitrary<LinearBranch> = fc.record({
  kind: weighted<LinearBranch['kind']>(
    [8, 'product'],
    [6, 'lowRank'],
    [3, 'identity'],
    [2, 'flattened'],
    [1, 'convolved'],
    [1, 'mixer'],
    [1, 'left'],
  ),
  product: fc.record({
    gemm: fc.boolean(),
    bias: fc.boolean(),
    biasFirst: fc.boolean(),
    alpha: weighted([3, 1], [1, 0.5], [1, -2]),
    beta: weighted([3, 1], [1, 0.5], [1, 0]),
    transposed: fc.boolean(),
  }),
  width: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(step, { maxLength: 2 }),
});

const stage: fc.Arbitrary<LinearStage> = fc.record({
  features: weighted([3, 0], [1, 3], [1, 4], [1, 6]),
  join: weighted<LinearStage['join']>([4, 'Add'], [1, 'Sub'], [1, 'Sum'], [1, 'Mean']),
  branches: fc.array(branch, { minLength: 1, maxLength: 4 }),
  outer: fc.array(step, { maxLength: 2 }),
  active: fc.boolean(),
});

const count = fc.integer({ min: 1, max: 4 });

export const linearRecipe: fc.Arbitrary<LinearRecipe> = fc.record({
  kind: fc.constant('linear'),
  ...settings,
  rank: fc.constant(0),
  tokens: fc.boolean(),
  features: fc.integer({ min: 1, max: 6 }),
  shapes: fc.array(fc.tuple(count, count), { minLength: 1, maxLength: 3 }),
  stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
});
