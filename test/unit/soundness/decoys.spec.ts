import assert from 'node:assert/strict';
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
import {
  DECOY_STEPS,
  type BorderFill,
  type DecoyStep,
  type NetworkRecipe,
  type Piece,
} from '../../support/randomGraph/recipe';
import { checkRecipe } from '../../support/randomGraph/soundness';
import { Tally } from '../../support/randomGraph/tally';

/** Every decoy once in each place of a block: no merge swallows it, and what is merged around it stays right. */

const decoy = (name: DecoyStep) => ({ kind: 'decoy', decoy: name }) as const;
const wrongBorder = (fill: BorderFill): Piece =>
  piece({ kind: 'border', conv: convRecipe(), bn: true, fill });

/** Sizes that all decoys need: square, known, a batch of one, one channel where that is what it is about. */
function at(block: Piece, name: string, change: Partial<NetworkRecipe> = {}): NetworkRecipe {
  const isOpen = ['clampedSlice', 'strideTrick'].includes(name);
  return oneBlock(block, {
    openSizes: isOpen,
    openBatch: false,
    batches: [1],
    sizes: [[6, 6, 6]],
    channels: name === 'widen' ? 1 : 4,
    ...change,
  });
}

async function check(recipe: NetworkRecipe): Promise<Tally> {
  const tally = new Tally();
  await checkRecipe(recipe, tally);
  assert.equal(tally.graphs, 1, 'the graph runs');
  return tally;
}

describe('a decoy', () => {
  for (const name of DECOY_STEPS) {
    const step = decoy(name);
    it(`${name} is in no block`, async () => {
      await check(at(join('Add', convPiece({}, [step]), convPiece({ kernel: point })), name));
      await check(at(join('Add', convPiece(), convPiece({ kernel: point }, [step]), skip()), name));
      await check(at(join('Add', convPiece({}, [], [step]), convPiece({ kernel: point })), name));
      await check(at(join('Add', { ...join('Add', convPiece(), skip()), after: [step] }, skip()), name));
      await check(
        oneBlock(join('Add', convPiece(), convPiece({ kernel: point })), at(skip(), name), { outer: [step] }),
      );
    });
  }

  const PIECES: readonly (readonly [string, Piece])[] = [
    ['a border of a wrong value', wrongBorder('wrong')],
    ['a border with a row forgotten', wrongBorder('wrongScatter')],
    ['a border with a row of different values', wrongBorder('varied')],
    ['a border written inside the image', wrongBorder('inside')],
    ['a border that is added', wrongBorder('added')],
    ['a reflecting branch', piece({ kind: 'padded', conv: convRecipe(), mode: 'reflect' })],
    ['a replicating branch', piece({ kind: 'padded', conv: convRecipe(), mode: 'edge' })],
    ['a branch padded with a constant', piece({ kind: 'padded', conv: convRecipe(), mode: 'constant' })],
    ['a branch from another tensor', piece({ kind: 'foreign', conv: convRecipe() })],
    ['an activated source', piece({ kind: 'activated', then: convPiece() })],
    ['a branch of one place', piece({ kind: 'broadcast', how: 'place', conv: convRecipe() })],
    ['a branch of one channel', piece({ kind: 'broadcast', how: 'channel', conv: convRecipe() })],
    [
      'an average pool that counts no pads',
      piece({ kind: 'pool', conv: convRecipe(), countPads: false, ceil: false }),
    ],
    [
      'BN before a padded convolution',
      convPiece({}, [], [{ kind: 'bn', epsilon: 1, form: 'initializer', call: false }]),
    ],
    ['overridable weights', convPiece({ form: 'overridable' })],
    ['overridable statistics', convPiece({}, [{ kind: 'bn', epsilon: 1, form: 'overridable', call: false }])],
  ];
  for (const [title, branch] of PIECES) {
    it(`${title} is in no block with its join`, async () => {
      const tally = await check(at(join('Add', convPiece(), branch), title));
      assert.equal(tally.blocks, 0);
    });
  }

  it('a border with a part of a row, or of one sample, is in no block with its join', async () => {
    const known = { openSizes: false, openBatch: false, batches: [2] };
    const uneven = { slack: [0, -2, -2], stride: [1, 1, 1] };
    const cases = [
      // the rows of the first axis come last where the second has none
      oneBlock(join('Add', convPiece(), wrongBorder('partial')), known, uneven),
      oneBlock(join('Add', convPiece(), wrongBorder('firstSample')), known),
    ];
    for (const recipe of cases) assert.equal((await check(recipe)).blocks, 0);
  });

  it('a stride that fits one size only is in no block', async () => {
    const trick = piece({ kind: 'strideTrick', conv: convRecipe() });
    const stride = { stride: [2, 2, 2] };
    const open = oneBlock(join('Add', convPiece(), trick), { sizes: [[6, 6, 6]], openSizes: true }, stride);
    assert.equal((await check(open)).blocks, 0);
    const known = oneBlock(join('Add', convPiece(), trick), { sizes: [[6, 6, 6]], openSizes: false }, stride);
    assert.equal((await check(known)).blocks, 0);
  });

  it('a ConvTranspose beside one of another window, or broadcast over it, is in no block', async () => {
    const bn = { kind: 'bn', epsilon: 1, form: 'initializer', call: false } as const;
    const beside = upRecipe({ twin: 'single', steps: [bn] });
    assert.equal((await check(oneBlock(convPiece(), {}, { up: beside }))).blocks, 0);
    const onePlace = oneBlock(convPiece(), { sizes: [point] }, { up: { ...beside, pads: [0, 0] } });
    assert.equal((await check(onePlace)).blocks, 0);
  });

  it('an image of one place is not stretched by a constant', async () => {
    const block = join('Add', convPiece({}, [decoy('stretch')]), convPiece({ kernel: point }));
    await check(oneBlock(block, { sizes: [point], openSizes: false }));
  });

  it('what holds at the sizes of a search only is in no block', async () => {
    // the border's Shape nodes make the search bind sizes, even ones among them; auto_pad must not take them for known
    const border = oneBlock(
      join('Add', convPiece(), piece({ kind: 'border', conv: convRecipe(), bn: false, fill: 'scatter' })),
    );
    const cases = [
      convPiece({ auto: 'SAME_UPPER' }),
      piece({ kind: 'pool', conv: convRecipe(), countPads: true, ceil: true }),
    ];
    for (const branch of cases) {
      const strided = oneBlock(join('Add', convPiece({ kernel: point }), branch), {}, { stride: [2, 2, 2] });
      const tally = await check({ ...border, stages: [...border.stages, ...strided.stages] });
      assert.equal(tally.blocks, 1, 'the border’s block alone');
    }
  });

  it('auto_pad at stride 2 is in no block while sizes are open', async () => {
    const same = convPiece({ auto: 'SAME_UPPER' });
    const tally = await check(oneBlock(join('Add', convPiece(), same), {}, { stride: [2, 2, 2] }));
    assert.equal(tally.blocks, 0);
  });

  it('pooling rounded up at stride 2 is in no block while sizes are open', async () => {
    const pool = piece({ kind: 'pool', conv: convRecipe(), countPads: true, ceil: true });
    const tally = await check(oneBlock(join('Add', convPiece(), pool), {}, { stride: [2, 2, 2] }));
    assert.equal(tally.blocks, 0);
  });
});
