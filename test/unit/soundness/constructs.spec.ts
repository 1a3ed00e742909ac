import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { decodeBytes, buildOnnx } from '../../support/onnxBuilder';
import { fusable } from '../../support/randomGraph/checks';
import {
  convPiece,
  convRecipe,
  join,
  oneBlock,
  piece,
  point,
  skip,
  upRecipe,
} from '../../support/randomGraph/handmade';
import { buildNetwork } from '../../support/randomGraph/network';
import type {
  ConstantForm,
  ConstantShape,
  NetworkRecipe,
  Piece,
  Step,
  UpRecipe,
} from '../../support/randomGraph/recipe';
import { checkRecipe } from '../../support/randomGraph/soundness';
import { Tally } from '../../support/randomGraph/tally';

/** Every construct of the algebra once, beside a 3×3 convolution: it is merged, and merged rightly. */

const bn: Step = { kind: 'bn', epsilon: 2, form: 'initializer', call: false };
const static96: Partial<NetworkRecipe> = { openSizes: false };
const strided = { stride: [2, 2, 2] };
const beside = (other: Piece, ...more: readonly Piece[]): Piece => join('Add', convPiece(), other, ...more);

const SHAPES: readonly ConstantShape[] = ['scalar', 'one', 'ones', 'channel', 'full'];
const FORMS: readonly ConstantForm[] = ['Constant', 'Identity', 'Reshape', 'Transpose', 'doubled', 'shared'];
const PLAIN = ['Identity', 'Dropout', 'Cast', 'Neg', 'Sum', 'Mean', 'MaxPool', 'AveragePool'] as const;

const scale = (op: 'Mul' | 'Div', shape: ConstantShape, swapped: boolean): Step => {
  return { kind: 'scale', op, shape, swapped, form: 'initializer' };
};
const shift = (op: 'Add' | 'Sub', shape: ConstantShape, swapped: boolean): Step => {
  return { kind: 'shift', op, shape, swapped, form: 'initializer' };
};
const chain = (first: Piece, then: Piece, share: 'first' | 'then' | 'full', strideFirst = false): Piece =>
  piece({ kind: 'chain', first, then, channels: 3, strideFirst, share, moved: 0 });
const pool = (
  kernel: readonly number[],
  more: { readonly ceil?: boolean; readonly dilation?: readonly number[] } = {},
) =>
  piece({
    kind: 'pool',
    conv: convRecipe({ kernel, dilation: more.dilation ?? [1, 1, 1] }),
    countPads: true,
    ceil: more.ceil ?? false,
  });
const border = (fill: 'pad' | 'scatter' | 'elements', isNormalised: boolean): Piece =>
  piece({ kind: 'border', conv: convRecipe(), bn: isNormalised, fill });
const channels = (how: 'slice' | 'split' | 'shuffle', order: number): Piece =>
  piece({ kind: 'channels', how, order, then: convPiece({ kernel: point }) });
const transposed = (twin: UpRecipe['twin']): NetworkRecipe =>
  oneBlock(convPiece(), {}, { up: upRecipe({ twin, steps: [bn] }) });
const reflected = piece({ kind: 'padded', conv: convRecipe(), mode: 'zero' });

const CONSTRUCTS: readonly (readonly [string, NetworkRecipe])[] = [
  ['1×1', oneBlock(beside(convPiece({ kernel: point })))],
  ['1×1 without a bias', oneBlock(beside(convPiece({ kernel: point, bias: false })))],
  [
    '1×1 + BN, identity + BN',
    oneBlock(beside(convPiece({ kernel: point }, [bn]), { ...skip(), after: [bn] })),
  ],
  ['identity', oneBlock(beside(skip()))],
  ['5×5', oneBlock(beside(convPiece({ kernel: [5, 5, 5] })))],
  ['2×2 with uneven pads', oneBlock(beside(convPiece({ kernel: [2, 2, 2], split: [0, 1, 0] })))],
  ['4×2', oneBlock(beside(convPiece({ kernel: [4, 2, 2], split: [0.3, 1, 0] })))],
  ['1×3 and 3×1', oneBlock(beside(convPiece({ kernel: [1, 3, 1] }), convPiece({ kernel: [3, 1, 1] })))],
  ['a dilated 3×3', oneBlock(beside(convPiece({ dilation: [2, 3, 2] })))],
  ['dilated alone', oneBlock(join('Add', convPiece({ dilation: [2, 2, 2] }), convPiece({ kernel: point })))],
  ['uneven pads', oneBlock(beside(convPiece({ split: [0, 1, 0.5] })))],
  ['groups of two', oneBlock(join('Add', convPiece({ groups: 1 }), convPiece({ groups: 1, kernel: point })))],
  ['dense 1×1 + 2 groups', oneBlock(join('Add', convPiece({ kernel: point, groups: 1 }), convPiece()))],
  [
    'depthwise',
    oneBlock(join('Add', convPiece({ groups: 2 }), convPiece({ groups: 2, kernel: point }), skip())),
  ],
  ['one dimension', oneBlock(beside(convPiece({ kernel: point }), skip()), { rank: 1 })],
  ['three dimensions', oneBlock(beside(convPiece({ kernel: [1, 3, 2] }), skip()), { rank: 3 })],
  ['stride 2', oneBlock(beside(convPiece({ kernel: point }), convPiece({ kernel: [5, 2, 1] })), {}, strided)],
  ['stride 2 × 3', oneBlock(beside(convPiece({ kernel: point })), {}, { stride: [2, 3, 1] })],
  ['a strided Slice', oneBlock(beside(skip('slice')), {}, strided)],
  ['a strided MaxPool of one', oneBlock(beside(skip('pool')), {}, strided)],
  ['other channels', oneBlock(beside(convPiece({ kernel: point })), {}, { channels: 6 })],
  ['crops', oneBlock(beside(convPiece({ kernel: point }), skip()), {}, { slack: [-2, -2, -2] })],
  [
    'uneven crops',
    oneBlock(beside(convPiece({ kernel: point, split: [0, 1, 0] })), {}, { slack: [-1, -2, -1] }),
  ],
  [
    'zero pads of the source',
    oneBlock(beside(skip(), convPiece({ kernel: point })), {}, { slack: [2, 1, 1] }),
  ],
  ['a Pad before the convolution', oneBlock(beside(reflected, convPiece({ kernel: point })))],
  ['an average pool', oneBlock(beside(pool([3, 3, 3])))],
  ['an average pool 2×3', oneBlock(beside(pool([2, 3, 2])))],
  ['a dilated average pool', oneBlock(beside(pool([3, 3, 3], { dilation: [2, 2, 2] })), { opset: 19 })],
  ['a strided average pool', oneBlock(beside(pool([3, 3, 3])), {}, strided)],
  ['an average pool, rounded up at stride 1', oneBlock(beside(pool([3, 3, 3], { ceil: true })))],
  ['1×1 → 3×3', oneBlock(beside(chain(convPiece({ kernel: point, bias: false }), convPiece(), 'then')))],
  ['3×3 → 1×1', oneBlock(beside(chain(convPiece(), convPiece({ kernel: point }), 'full')))],
  [
    '1×1 → average pool',
    oneBlock(beside(chain(convPiece({ kernel: point, bias: false }), pool([3, 3, 3]), 'then'))),
  ],
  [
    '3×3 → 3×3 inside',
    oneBlock(beside(chain(convPiece(), convPiece(), 'full')), {}, { slack: [-2, -2, -2] }),
  ],
  [
    '1×1 with a bias → 3×3 inside',
    oneBlock(beside(chain(convPiece({ kernel: point }), convPiece(), 'then')), {}, { slack: [-2, -2, -2] }),
  ],
  [
    'stride 2 → 1×1',
    oneBlock(beside(chain(convPiece(), convPiece({ kernel: point }), 'first', true)), {}, strided),
  ],
  [
    'grouped 1×1 → grouped 3×3',
    oneBlock(
      beside(chain(convPiece({ kernel: point, bias: false, groups: 1 }), convPiece({ groups: 1 }), 'then')),
    ),
  ],
  ['BN before 1×1', oneBlock(beside(convPiece({ kernel: point }, [], [bn])))],
  ['BN before 3×3 without pads', oneBlock(beside(convPiece({}, [], [bn])), {}, { slack: [-2, -2, -2] })],
  ['bias padding by Pad', oneBlock(beside(border('pad', true)))],
  ['bias padding by ScatterND', oneBlock(beside(border('scatter', true)), { openSizes: false })],
  [
    'bias padding by ScatterND of elements',
    oneBlock(beside(border('elements', true)), { openSizes: false, openBatch: false }),
  ],
  ['bias padding by ScatterND, open sizes', oneBlock(beside(border('scatter', false)))],
  ['some channels by Slice', oneBlock(beside(channels('slice', 1)))],
  ['some channels by Split', oneBlock(beside(channels('split', 3)))],
  ['swapped channels', oneBlock(beside(channels('split', 1)))],
  ['a channel shuffle', oneBlock(beside(channels('shuffle', 1)), static96)],
  ['nested joins', oneBlock(beside({ ...join('Add', convPiece({ kernel: point }), skip()), after: [bn] }))],
  ['the source twice', oneBlock(beside(skip(), skip()))],
  ['Sum', oneBlock(join('Sum', convPiece(), convPiece({ kernel: point }), skip()))],
  ['Mean', oneBlock(join('Mean', convPiece(), convPiece({ kernel: point }), skip()))],
  ['Sub', oneBlock(join('Sub', convPiece(), convPiece({ kernel: point }), skip()))],
  ['Sub and Add', oneBlock(join('Mixed', skip(), convPiece(), convPiece({ kernel: point }), skip()))],
  ['Concat', oneBlock(join('Concat', convPiece(), convPiece()))],
  [
    'Concat of grouped convolutions',
    oneBlock(
      join('Concat', convPiece({ kernel: point, groups: 1 }), convPiece({ kernel: point, groups: 1 })),
    ),
  ],
  ['ConvTranspose + BN', transposed('none')],
  ['two ConvTransposes + BN', transposed('same')],
  ['SAME_UPPER at stride 1', oneBlock(beside(convPiece({ kernel: [2, 4, 2], auto: 'SAME_UPPER' })))],
  ['SAME_LOWER at stride 1', oneBlock(beside(convPiece({ kernel: [2, 4, 2], auto: 'SAME_LOWER' })))],
  [
    'SAME_UPPER at stride 2 and a known size',
    oneBlock(beside(convPiece({ auto: 'SAME_UPPER' })), static96, strided),
  ],
  [
    'SAME_LOWER at stride 2 and a known size',
    oneBlock(beside(convPiece({ auto: 'SAME_LOWER' })), static96, strided),
  ],
  [
    'slacks that agree at a known size',
    oneBlock(
      join(
        'Add',
        convPiece(),
        piece({ kind: 'conv', conv: convRecipe({ split: [0.9, 0.9, 0.9] }), jitter: [0, -1, 0] }),
      ),
      static96,
      strided,
    ),
  ],
  [
    'a reflected source',
    oneBlock(beside(convPiece({ kernel: point })), {}, { sourcePad: { mode: 'reflect', amount: 1 } }),
  ],
  ['BN behind the sum', oneBlock(beside(convPiece({ kernel: point })), {}, { outer: [bn] })],
  ['a scale behind the sum', oneBlock(beside(skip()), {}, { outer: [scale('Mul', 'channel', true)] })],
  ['a shift behind the sum', oneBlock(beside(skip()), {}, { outer: [shift('Add', 'full', false)] })],
  [
    'a constant written out for every place',
    oneBlock(beside(convPiece({}, [{ kind: 'decoy', decoy: 'uniformMap' }])), static96),
  ],
  ['BN in a function', oneBlock(beside(convPiece({ kernel: point }, [{ ...bn, call: true }])))],
  ['float64', oneBlock(beside(convPiece({ kernel: point }, [bn]), skip()), { dtype: 'float64' })],
  ['float16', oneBlock(beside(convPiece({ kernel: point }, [bn]), skip()), { dtype: 'float16' })],
  ...SHAPES.flatMap((shape) => [
    [`Mul by a constant (${shape})`, oneBlock(beside(convPiece({}, [scale('Mul', shape, false)])))] as const,
    [`a constant (${shape}) times`, oneBlock(beside(convPiece({}, [scale('Mul', shape, true)])))] as const,
    [`Div by a constant (${shape})`, oneBlock(beside(convPiece({}, [scale('Div', shape, false)])))] as const,
    [`plus a constant (${shape})`, oneBlock(beside(convPiece({}, [shift('Add', shape, false)])))] as const,
    [`minus a constant (${shape})`, oneBlock(beside(convPiece({}, [shift('Sub', shape, false)])))] as const,
    [`a constant (${shape}) minus`, oneBlock(beside(convPiece({}, [shift('Sub', shape, true)])))] as const,
  ]),
  ...FORMS.map(
    (form) =>
      [
        `constants by ${form}`,
        oneBlock(beside(convPiece({ kernel: point, form }, [{ ...bn, form }]))),
      ] as const,
  ),
  ...PLAIN.map((op) => [`${op} of one`, oneBlock(beside(convPiece({}, [{ kind: 'plain', op }])))] as const),
];

describe('a construct beside a 3×3 convolution is merged', () => {
  for (const [title, recipe] of CONSTRUCTS) {
    it(title, async () => {
      const network = buildNetwork(recipe);
      assert.ok(network);
      const blocks = fusable(detect(decodeBytes(buildOnnx(network.spec))));
      assert.equal(blocks.length, 1);
      const joins = blocks[0]!.region.nodes.filter((node) => /^(Add|Sub|Sum|Mean|Concat)$/.test(node.opType));
      const all = network.spec.nodes.filter(
        (node) =>
          /^(Add|Sub|Sum|Mean|Concat)$/.test(node.op) &&
          network.tags.get(node.outputs[0]!) !== 'border ScatterND',
      );
      assert.equal(joins.length, all.length, 'all of its joins');
      const tally = new Tally();
      await checkRecipe(recipe, tally);
      assert.ok(tally.networksExactly > 0);
    });
  }
});
