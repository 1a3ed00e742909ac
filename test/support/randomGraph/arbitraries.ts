import fc from 'fast-check';
import type { DynamicRecipe } from './dynamic';
import { dynamicRecipe } from './dynamicArbitraries';
import type { LinearRecipe } from './linear';
import { linearRecipe } from './linearArbitraries';
import {
  BORDER_FILLS,
  type Activation,
  type BorderFill,
  type ConvRecipe,
  type NetworkRecipe,
  type Piece,
  type PieceForm,
  type StageRecipe,
  type Step,
  type UpRecipe,
} from './recipe';
import { settings, weighted } from './settings';
import { anyForm, few } from './stepArbitraries';

/** Random recipes. What shrinks, shrinks to fewer stages, branches and steps, smaller kernels, no decoys. */

const three = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.array(each, { minLength: 3, maxLength: 3 });

const convRecipe = (kernel: fc.Arbitrary<readonly number[]>): fc.Arbitrary<ConvRecipe> =>
  fc.record({
    kernel,
    dilation: three(weighted([9, 1], [2, 2], [1, 3])),
    split: fc.oneof(
      { withCrossShrink: true },
      { weight: 5, arbitrary: fc.constant<readonly number[]>([0.5, 0.5, 0.5]) },
      { weight: 1, arbitrary: three(fc.constantFrom(0, 0.25, 0.5, 0.75, 1)) },
    ),
    groups: weighted([5, 0], [1, 1], [1, 2], [2, 3]),
    bias: fc.boolean(),
    form: anyForm,
    auto: weighted<ConvRecipe['auto']>([12, 'NOTSET'], [2, 'SAME_UPPER'], [2, 'SAME_LOWER'], [1, 'VALID']),
  });

const point = fc.constant<readonly number[]>([1, 1, 1]);
const cube = weighted<readonly number[]>([8, [3, 3, 3]], [2, [2, 2, 2]], [2, [5, 5, 3]], [1, [4, 4, 2]]);
const lopsided = weighted<readonly number[]>(
  [2, [1, 3, 1]],
  [2, [3, 1, 1]],
  [1, [2, 3, 2]],
  [1, [5, 1, 3]],
  [1, [3, 2, 3]],
);
const anyKernel = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: point },
  { weight: 6, arbitrary: cube },
  { weight: 3, arbitrary: lopsided },
);

const channels = fc.constantFrom(1, 2, 3, 4, 6);
const CHAIN_SHARES = ['first', 'then', 'full'] as const;

type Forms = { readonly [K in PieceForm['kind']]: fc.Arbitrary<PieceForm & { readonly kind: K }> };

function forms(piece: fc.Arbitrary<Piece>, leaf: fc.Arbitrary<Piece>): Forms {
  const still = fc.constant<readonly number[]>([0, 0, 0]);
  return {
    conv: fc.record({
      kind: fc.constant('conv'),
      conv: convRecipe(anyKernel),
      jitter: fc.oneof(
        { withCrossShrink: true },
        { weight: 9, arbitrary: still },
        { weight: 1, arbitrary: three(fc.integer({ min: -1, max: 1 })) },
      ),
    }),
    skip: fc.record({
      kind: fc.constant('skip'),
      how: fc.constantFrom('slice', 'pool'),
      split: three(fc.constantFrom(0.5, 0, 1)),
    }),
    pool: fc.record({
      kind: fc.constant('pool'),
      conv: convRecipe(fc.oneof(cube, lopsided)),
      countPads: weighted([4, true], [1, false]),
      ceil: weighted([9, false], [1, true]),
    }),
    chain: fc.record({
      kind: fc.constant('chain'),
      first: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: pointPiece },
        { weight: 1, arbitrary: leaf },
      ),
      then: leaf,
      channels,
      strideFirst: fc.boolean(),
      share: fc.constantFrom(...CHAIN_SHARES),
      moved: weighted([6, 0], [1, 1], [1, -1], [1, -2]),
    }),
    join: fc.record({
      kind: fc.constant('join'),
      op: weighted(
        [6, 'Add' as const],
        [2, 'Sum' as const],
        [1, 'Mean' as const],
        [2, 'Sub' as const],
        [2, 'Concat' as const],
        [1, 'Mixed' as const],
      ),
      pieces: fc.array(piece, { minLength: 2, maxLength: 5 }),
    }),
    channels: fc.record({
      kind: fc.constant('channels'),
      how: fc.constantFrom('slice', 'gather', 'shuffle', 'split'),
      order: fc.nat({ max: 6 }),
      then: leaf,
    }),
    border: fc.record({
      kind: fc.constant('border'),
      conv: convRecipe(cube),
      bn: fc.boolean(),
      fill: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constantFrom<BorderFill>('pad', 'scatter', 'elements') },
        { weight: 2, arbitrary: fc.constantFrom<BorderFill>(...BORDER_FILLS) },
      ),
    }),
    padded: fc.record({
      kind: fc.constant('padded'),
      conv: convRecipe(cube),
      mode: fc.constantFrom('zero', 'reflect', 'edge', 'constant'),
    }),
    foreign: fc.record({ kind: fc.constant('foreign'), conv: convRecipe(anyKernel) }),
    activated: fc.record({ kind: fc.constant('activated'), then: leaf }),
    strideTrick: fc.record({ kind: fc.constant('strideTrick'), conv: convRecipe(cube) }),
    broadcast: fc.record({
      kind: fc.constant('broadcast'),
      how: fc.constantFrom('place', 'channel'),
      conv: convRecipe(anyKernel),
    }),
  };
}

function withSteps(arbitrary: fc.Arbitrary<PieceForm>): fc.Arbitrary<Piece> {
  return fc
    .record({ form: arbitrary, before: few(1), after: few(3) })
    .map(({ form: inner, before, after }) => ({ ...inner, before, after }));
}

/** The 1×1 that opens most chains: no bias more often than not, so that a padded convolution may follow. */
const pointPiece: fc.Arbitrary<Piece> = fc
  .record({
    conv: convRecipe(point),
    bias: weighted([3, false], [1, true]),
    after: weighted<readonly Step[]>([1, []]),
  })
  .map(({ conv, bias, after }) => ({
    kind: 'conv',
    conv: { ...conv, bias },
    jitter: [0, 0, 0],
    before: [],
    after,
  }));

const { piece } = fc.letrec<{ leaf: Piece; piece: Piece }>((tie) => {
  const all = forms(tie('piece'), tie('leaf'));
  const choose = (...parts: readonly (readonly [number, keyof Forms])[]): fc.Arbitrary<Piece> =>
    fc.oneof(
      { withCrossShrink: true, maxDepth: 3 },
      ...parts.map(([weight, kind]) => ({ weight, arbitrary: withSteps(all[kind]) })),
    );
  const leaves = [
    [24, 'conv'],
    [5, 'skip'],
    [4, 'pool'],
  ] as const;
  return {
    leaf: choose(...leaves),
    piece: choose(
      [48, 'conv'],
      [10, 'skip'],
      [8, 'pool'],
      [10, 'chain'],
      [5, 'join'],
      [3, 'border'],
      [3, 'channels'],
      [2, 'padded'],
      [1, 'foreign'],
      [1, 'activated'],
      [1, 'strideTrick'],
      [1, 'broadcast'],
    ),
  };
});

const stagePiece: fc.Arbitrary<Piece> = fc.oneof(
  { withCrossShrink: true },
  { weight: 8, arbitrary: withSteps(forms(piece, piece).join) },
  { weight: 1, arbitrary: piece },
);

const up: fc.Arbitrary<UpRecipe> = fc.record({
  kernel: three(fc.integer({ min: 1, max: 3 })),
  stride: three(weighted([2, 2], [1, 1])),
  dilation: three(weighted([3, 1], [1, 2])),
  pads: fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 1 })),
  outputPadding: fc.nat({ max: 1 }),
  twin: weighted<UpRecipe['twin']>([2, 'none'], [1, 'same'], [1, 'single']),
  groups: fc.nat({ max: 3 }),
  bias: fc.boolean(),
  steps: few(3),
});

const stage: fc.Arbitrary<StageRecipe> = fc.record({
  from: weighted([8, 0], [2, 1], [1, 2]),
  stride: fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant<readonly number[]>([1, 1, 1]) },
    { weight: 1, arbitrary: fc.constant<readonly number[]>([2, 2, 2]) },
    { weight: 1, arbitrary: three(fc.constantFrom(1, 2, 3)) },
  ),
  slack: fc.oneof(
    { withCrossShrink: true },
    { weight: 6, arbitrary: fc.constant<readonly number[]>([0, 0, 0]) },
    { weight: 1, arbitrary: three(fc.integer({ min: -2, max: 2 })) },
  ),
  channels: fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: channels },
  ),
  sourcePad: fc.oneof(
    { withCrossShrink: true },
    { weight: 12, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        mode: fc.constantFrom('constant', 'reflect', 'edge'),
        amount: fc.integer({ min: 1, max: 2 }),
      }),
    },
  ),
  piece: stagePiece,
  outer: few(2),
  activation: fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 3,
      arbitrary: weighted<Activation>(
        [8, 'Relu'],
        [3, 'LeakyRelu'],
        [3, 'HardSwish'],
        [2, 'Function'],
        [1, 'Sigmoid'],
        [1, 'Silu'],
      ),
    },
  ),
  up: fc.oneof(
    { withCrossShrink: true },
    { weight: 14, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: up },
  ),
  tapped: weighted([6, false], [1, true]),
});

/** Sizes as networks have them, and such as break things: odd, different by axis, tiny. */
const imageSize = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: three(fc.integer({ min: 4, max: 9 })) },
  { weight: 1, arbitrary: three(fc.integer({ min: 1, max: 4 })) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 8 }).map((n): readonly number[] => [n, n, n]) },
);

const imageRecipe: fc.Arbitrary<NetworkRecipe> = fc.record({
  kind: fc.constant('image'),
  ...settings,
  rank: weighted([7, 2], [2, 1], [1, 3]),
  channels,
  sizes: fc.array(imageSize, { minLength: 1, maxLength: 3 }),
  batches: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
  stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
});

export type AnyRecipe = NetworkRecipe | LinearRecipe | DynamicRecipe;

/** Recipes of whole networks. */
export const networkRecipe: fc.Arbitrary<AnyRecipe> = fc.oneof(
  { withCrossShrink: false },
  { weight: 8, arbitrary: imageRecipe },
  { weight: 1, arbitrary: linearRecipe },
  { weight: 1, arbitrary: dynamicRecipe },
);
