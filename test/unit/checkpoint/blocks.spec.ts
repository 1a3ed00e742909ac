import assert from 'node:assert/strict';
import { wrapperOf } from '../../../src/core/checkpoint/checkpoint';
import { byName } from '../../../src/core/checkpoint/blocks/byName';
import { CONVENTIONS } from '../../../src/core/checkpoint/conventions/conventions';
import type { GivenAssumptions } from '../../../src/core/checkpoint/assumptions';
import { type Shapes, bn, find, only, repvgg, unit, without } from '../../support/stateDicts';
import { cpuTime } from '../../support/cpuTime';

describe('blocks by their names', () => {
  it('groups follow from what keeps the channels, and are drawn where nothing depends on them', () => {
    const grouped = only(find(repvgg('a', 8, 8, 2)));
    assert.deepEqual(
      [grouped.measures?.groups, grouped.measures?.inChannels, grouped.measures?.groupsKnown],
      [2, 8, true],
    );
    const open = only(find(repvgg('a', 8, 16)));
    assert.deepEqual([open.measures?.groups, open.measures?.groupsKnown], [1, false]);
    assert.ok(open.assumptions.some(({ kind, option }) => kind === 'groups' && option === null));
  });

  it('BN eps is the convention’s, another where names of the file speak for it, and what was given before both', () => {
    const eps = (shapes: Shapes, given?: GivenAssumptions): number | undefined => find(shapes, given)[0]?.eps;
    assert.equal(eps(repvgg('stage1.0', 4)), 1e-5);
    assert.equal(eps(repvgg('backbone.ERBlock_2.0', 4)), 1e-3);
    assert.equal(eps(repvgg('backbone.ERBlock_2.0', 4), { bnEps: 1e-4 }), 1e-4);
    const told = only(find(repvgg('backbone.ERBlock_2.0', 4))).assumptions.find(
      ({ kind }) => kind === 'bn-eps',
    );
    assert.match(
      told?.message ?? '',
      /^BN eps 1e-3 is YOLOv6's, as "backbone\.ERBlock_2\.0.*" tells \(RepVGG has 1e-5\)/,
    );
    assert.deepEqual([told?.option, told?.given, told?.value], ['--bn-eps', false, 1e-3]);
    const given = only(find(repvgg('a', 4), { bnEps: 0.01 })).assumptions.find(
      ({ kind }) => kind === 'bn-eps',
    );
    assert.deepEqual([given?.given, given?.message], [true, 'BN eps 0.01, as given.']);
  });

  it('an identity without a parameter is assumed where the convention always has it, and given otherwise', () => {
    const cpe = { 'pos.pe.weight': [4, 1, 7, 7], 'pos.pe.bias': [4] };
    const assumed = only(find(cpe));
    assert.ok(assumed.assumptions.some(({ kind, value }) => kind === 'identity' && value === true));
    assert.equal(JSON.stringify(assumed.steps).includes('"steps":[]'), true);
    const given = only(find(cpe, { identity: new Map([['pos', false]]) }));
    assert.equal(JSON.stringify(given.steps).includes('"steps":[]'), false);
    assert.ok(
      given.assumptions.some(({ kind, value, given: by }) => kind === 'identity' && value === false && by),
    );
  });

  it('where the file can’t tell whether an identity is there, the block is refused until somebody says it', () => {
    const qa = (c1: number, c2: number): Shapes => ({
      ...unit('a.rbr_dense', [c2, c1, 3, 3]),
      'a.rbr_1x1.weight': [c2, c1, 1, 1],
      ...bn('a.bn', c2),
    });
    const refused = only(find(qa(4, 4)));
    assert.equal(refused.refusal?.code, 'not-in-checkpoint');
    assert.match(refused.refusal?.message ?? '', /stride is 1.*--identity yes or --identity no/);
    assert.equal(only(find(qa(4, 8))).refusal, null);
    for (const answer of [true, false]) {
      const said = only(find(qa(4, 4), { identity: new Map([['', answer]]) }));
      assert.equal(said.refusal, null);
      // its deploy form has no outer BN, and that of YOLOv6 keeps it
      assert.ok(said.entries.includes('a.bn.running_var'));
      const yolo = { ...qa(4, 4), 'backbone.ERBlock_2.0.x.weight': [1] };
      const kept = only(find(yolo, { identity: new Map([['', answer]]) }));
      assert.deepEqual([kept.convention.name, kept.eps], ['YOLOv6 QARepVGG', 1e-3]);
      assert.ok(!kept.entries.some((name) => name.startsWith('a.bn')));
    }
  });

  const DAMAGED: readonly (readonly [string, Shapes, RegExp])[] = [
    [
      'an entry is missing',
      without(repvgg('a', 4), 'a.rbr_1x1.bn.running_var'),
      /but "a\.rbr_1x1\.bn\.running_var" is not in the file/,
    ],
    [
      'a BN of other channels',
      { ...repvgg('a', 4), 'a.rbr_1x1.bn.bias': [5] },
      /"a\.rbr_1x1\.bn\.bias" of the shape 5, which does not fit/,
    ],
    ['an even kernel', { ...repvgg('a', 4), 'a.rbr_dense.conv.weight': [4, 4, 4, 4] }, /even kernel \(4×4\)/],
    [
      'a branch that nobody knows',
      { ...repvgg('a', 4), ...unit('a.rbr_context', [4, 4, 5, 5]) },
      /also holds "a\.rbr_context\.conv\.weight"/,
    ],
    [
      'an entry in a branch that nobody knows',
      { ...repvgg('a', 4), 'a.rbr_dense.mask': [4] },
      /also holds "a\.rbr_dense\.mask"/,
    ],
    [
      'merged weights beside the branches',
      { ...repvgg('a', 4), 'a.rbr_reparam.weight': [4, 4, 3, 3] },
      /also holds "a\.rbr_reparam\.weight"/,
    ],
    [
      'a branch that reaches beyond the kernel',
      { ...unit('a.lkb_origin', [4, 1, 5, 5]), ...unit('a.small_conv', [4, 1, 7, 7]) },
      /"a\.small_conv\.conv\.weight".*does not fit/,
    ],
  ];
  for (const [what, shapes, sentence] of DAMAGED) {
    it(`${what}: refused, with the reason`, () => {
      const { refusal } = only(find(shapes));
      assert.equal(refusal?.code, 'not-in-checkpoint');
      assert.match(refusal?.message ?? '', sentence);
      assert.equal(refusal?.asks, undefined, 'nobody’s word helps');
    });
  }

  it('names that only look alike are no blocks', () => {
    const resnet = {
      'conv1.weight': [64, 3, 7, 7],
      ...bn('bn1', 64),
      'layer1.0.conv1.weight': [64, 64, 3, 3],
    };
    assert.deepEqual(find(resnet), []);
    // two 3×3 in a row, under names that RepConvN has, too
    assert.deepEqual(find({ ...unit('a.conv1', [8, 8, 3, 3]), ...unit('a.conv2', [8, 8, 3, 3]) }), []);
    // a 1×1 that narrows, and a position table
    assert.deepEqual(find({ ...unit('a.conv1', [4, 8, 3, 3]), ...unit('a.conv2', [8, 4, 1, 1]) }), []);
    assert.deepEqual(
      find({ 'pe.weight': [100, 16], 'x.pos_enc.weight': [8, 8, 3, 3], 'x.pos_enc.bias': [8] }),
      [],
    );
    // a fold of RepViT's without any block of RepViT's
    assert.deepEqual(find({ 'stem.c.weight': [8, 3, 3, 3], ...bn('stem.bn', 8) }), []);
  });

  it('what YOLOv9’s names may be otherwise is said with the result', () => {
    const shapes = (at: string): Shapes => ({
      ...unit(`${at}.conv1`, [8, 8, 3, 3]),
      ...unit(`${at}.conv2`, [8, 8, 1, 1]),
    });
    const block = only(find(shapes('model.4.cv1')));
    assert.equal(block.convention.name, 'YOLOv9 RepConvN');
    assert.deepEqual([block.eps, block.refusal], [1e-3, null]);
    assert.ok(block.assumptions.some(({ kind, message }) => kind === 'names' && /PP-YOLOE/.test(message)));
  });

  it('PP-YOLOE without alpha is known by its other names, and with Paddle’s names of a BN’s statistics', () => {
    const shapes = {
      ...unit('backbone.stages.0.blocks.0.conv2.conv1', [8, 8, 3, 3]),
      ...unit('backbone.stages.0.blocks.0.conv2.conv2', [8, 8, 1, 1]),
    };
    assert.equal(only(find(shapes)).eps, 1e-5);
    const paddle = Object.fromEntries(
      Object.entries(shapes).map(([name, dims]) => [
        name.replace('running_mean', '_mean').replace('running_var', '_variance'),
        dims,
      ]),
    );
    const block = only(find(paddle));
    assert.deepEqual([block.refusal, block.complete, block.entries.length], [null, true, 10]);
  });

  it('conv1 and conv2 that may be PP-YOLOE’s, YOLOv9’s or two in a row: refused until other names or somebody tells', () => {
    const shapes = (at: string): Shapes => ({
      ...unit(`${at}.conv1`, [8, 8, 3, 3]),
      ...unit(`${at}.conv2`, [8, 8, 1, 1]),
    });
    const refusal = only(find(shapes('a'))).refusal;
    assert.equal(refusal?.code, 'not-in-checkpoint');
    assert.match(refusal?.message ?? '', /1e-3 of .*YOLO.*1e-5 of PP-YOLOE.*--bn-eps/);
    assert.equal(refusal?.asks, 'bn-eps');
    const given = only(find(shapes('a'), { bnEps: 1e-3 }));
    assert.deepEqual([given.eps, given.refusal], [1e-3, null]);
    const paddle = only(find(shapes('backbone.stages.0.blocks.1.conv2')));
    assert.deepEqual([paddle.eps, paddle.refusal], [1e-5, null]);
  });

  it('two 1×1 side by side, whose results are stacked, are no RepConvN, nor is what stands beside a third', () => {
    const csp = {
      ...unit('model.0.conv1', [4, 8, 1, 1]),
      ...unit('model.0.conv2', [4, 8, 1, 1]),
      ...unit('model.0.conv3', [8, 8, 1, 1]),
    };
    assert.deepEqual(find(csp), []);
    assert.deepEqual(find({ ...csp, ...unit('model.0.conv1', [4, 8, 3, 3]) }), []);
    // two 3×3 in a row, scaled
    const rezero = { ...unit('a.conv1', [8, 8, 3, 3]), ...unit('a.conv2', [8, 8, 3, 3]), 'a.alpha': [1] };
    assert.deepEqual(find(rezero), []);
  });

  it('a parameter of the block’s own module is computed with, or the block is refused', () => {
    const alpha = only(find({ ...repvgg('a', 8), 'a.alpha': [1] }));
    assert.deepEqual([alpha.convention.name, alpha.refusal], ['MMYOLO PP-YOLOE', null]);
    const scaled = only(find({ ...repvgg('a', 8), 'a.temperature': [1] }));
    assert.match(scaled.refusal?.message ?? '', /"a\.temperature"/);
  });

  it('a BN that lost its weight is not one without', () => {
    const lost = only(find(without(repvgg('a', 8), 'a.rbr_dense.bn.weight')));
    assert.match(lost.refusal?.message ?? '', /"a\.rbr_dense\.bn\.weight" is not in the file/);
    const both = find(without(without(repvgg('a', 8), 'a.rbr_1x1.bn.weight'), 'a.rbr_1x1.bn.bias'));
    assert.match(only(both).refusal?.message ?? '', /"a\.rbr_1x1\.bn\.weight" is not in the file/);
    const none = Object.entries(repvgg('a', 8)).filter(
      ([name]) => !/(?:bn|identity)\.(?:weight|bias)$/.test(name),
    );
    assert.equal(only(find(Object.fromEntries(none))).refusal, null);
  });

  it('a list of branches with a number left out has lost one', () => {
    const block = only(
      find({ ...unit('a.rbr_conv.0', [8, 1, 3, 3]), ...unit('a.rbr_conv.2', [8, 1, 3, 3]) }),
    );
    assert.match(block.refusal?.message ?? '', /"a\.rbr_conv\.1\.conv\.weight" is not in the file/);
  });

  it('wrappers are no part of a block’s name', () => {
    const shapes = Object.fromEntries(
      Object.entries(repvgg('stage0', 4)).map(([name, dims]) => [`module._orig_mod.${name}`, dims]),
    );
    const block = only(find(shapes));
    assert.deepEqual([block.name, block.prefix], ['stage0', 'module._orig_mod.stage0']);
    assert.equal(block.deploy.weight, 'module._orig_mod.stage0.rbr_reparam.weight');
    // only what all names share
    assert.equal(wrapperOf(['module.a', 'b']), '');
    assert.equal(wrapperOf(['module.a', 'n_averaged']), 'module.');
  });

  it('a large state dict is searched in a moment', () => {
    const shapes: Shapes = Object.assign(
      {},
      ...Array.from({ length: 3000 }, (_, i) => repvgg(`stages.${i}`, 4)),
    ) as Shapes;
    const { value, milliseconds } = cpuTime(() => find(shapes));
    assert.equal(value.length, 3000);
    // 45,000 names; quadratic work would take minutes
    assert.ok(milliseconds < 5000);
  });

  it('the table’s names are each a module’s, and no two conventions have one name', () => {
    const names = CONVENTIONS.map(({ name, deploy }) => `${name} ${deploy}`);
    assert.equal(new Set(names).size, names.length - 2, 'RepViT’s two classifiers have two names each');
    for (const { eps } of CONVENTIONS)
      assert.ok(!('names' in (eps.at(-1) as object)), 'the last is the code’s own');
  });
});

describe('the order of blocks', () => {
  it('counts as a person does: "blocks.2" before "blocks.10"', () => {
    const names = ['blocks.10', 'blocks.1', 'blocks.2.1', 'blocks.2', 'stem', 'blocks.2.0'];
    const blocks = find(Object.assign({}, ...names.map((name) => repvgg(name, 4))) as Shapes);
    assert.deepEqual(
      byName(blocks).map(({ prefix }) => prefix),
      ['blocks.1', 'blocks.2', 'blocks.2.0', 'blocks.2.1', 'blocks.10', 'stem'],
    );
  });
});
