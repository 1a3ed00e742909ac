import assert from 'node:assert/strict';
import { findBlocks } from '../../../src/core/checkpoint/blocks/findBlocks';
import { type Shapes, bn, find, only, repvgg, tensor, unit, without } from '../../support/stateDicts';

describe('blocks that are damaged, and what only looks like one', () => {
  const LOST: readonly (readonly [string, Shapes, string])[] = [
    ['RepVGG’s dense kernel', repvgg('a', 4), 'a.rbr_dense.conv.weight'],
    [
      'MobileOne’s first branch',
      { ...unit('a.rbr_conv.0', [4, 1, 3, 3]), ...unit('a.rbr_scale', [4, 1, 1, 1]), ...bn('a.rbr_skip', 4) },
      'a.rbr_conv.0.conv.weight',
    ],
    ['MobileOne’s only kernel', unit('a.rbr_conv.0', [4, 1, 3, 3]), 'a.rbr_conv.0.conv.weight'],
    [
      'ACNet’s square kernel',
      {
        'square_conv.weight': [4, 4, 3, 3],
        'ver_conv.weight': [4, 4, 3, 1],
        'hor_conv.weight': [4, 4, 1, 3],
        ...bn('square_bn', 4),
        ...bn('ver_bn', 4),
        ...bn('hor_bn', 4),
      },
      'square_conv.weight',
    ],
    [
      'YOLOv7’s dense kernel',
      Object.fromEntries(
        Object.entries(repvgg('model.1', 4)).map(([name, dims]) => [
          name.replace('.conv.', '.0.').replace('.bn.', '.1.'),
          dims,
        ]),
      ),
      'model.1.rbr_dense.0.weight',
    ],
    [
      'YOLO-NAS’s kernel, by whose BN the block is known',
      { ...unit('a.branch_3x3', [4, 4, 3, 3]), 'a.branch_1x1.weight': [4, 4, 1, 1], ...bn('a.post_bn', 4) },
      'a.branch_3x3.conv.weight',
    ],
    [
      'the kernel of QARepVGG beside a plain 1×1 one',
      { ...unit('a.rbr_dense', [4, 4, 3, 3]), 'a.rbr_1x1.weight': [4, 4, 1, 1], ...bn('a.bn', 4) },
      'a.rbr_dense.conv.weight',
    ],
  ];
  for (const [what, shapes, entry] of LOST) {
    it(`${what} is lost: the block is listed, refused for it`, () => {
      const { refusal, measures, complete } = only(find(without(shapes, entry)));
      assert.equal(refusal?.code, 'not-in-checkpoint');
      assert.ok(refusal.message.includes(`"${entry}" is not in the file`), refusal.message);
      assert.deepEqual([complete, measures === null || measures.outChannels > 0], [false, true]);
    });
  }

  it('a whole branch that is lost leaves the block in the list, too', () => {
    const entries = Object.entries({
      ...unit('a.rbr_conv.0', [4, 1, 3, 3]),
      ...unit('a.rbr_scale', [4, 1, 1, 1]),
      ...bn('a.rbr_skip', 4),
    }).filter(([name]) => !name.startsWith('a.rbr_conv'));
    const { refusal } = only(find(Object.fromEntries(entries)));
    assert.match(refusal?.message ?? '', /"a\.rbr_conv\.0\.conv\.weight" is not in the file/);
  });

  it('names that other networks have a part of are nothing', () => {
    // a scale beside a BN, and ResNet's first convolution
    assert.deepEqual(find({ alpha: [1], 'conv1.weight': [8, 3, 7, 7], ...bn('bn1', 8) }), []);
    // MobileViT: a convolution with a BN, and a plain 1×1 one
    assert.deepEqual(find({ ...unit('a.conv_kxk', [8, 8, 3, 3]), 'a.conv_1x1.weight': [8, 8, 1, 1] }), []);
    // GhostNet: no BN beside the cheap operation
    const ghost = {
      'a.primary_conv.0.weight': [8, 4, 1, 1],
      'a.cheap_operation.0.weight': [8, 1, 3, 3],
      ...bn('a.cheap_operation.1', 8),
    };
    assert.deepEqual(find(ghost), []);
    // EdgeNeXt and others: a layer's scale, a depthwise convolution
    assert.deepEqual(find({ 'a.layer_scale': [8], ...bn('a.norm', 8), ...unit('a.conv', [8, 1, 7, 7]) }), []);
  });

  it('a BN behind the branches is computed with, or the block is refused', () => {
    const { refusal } = only(find({ ...repvgg('a', 4), ...bn('a.bn', 4) }));
    assert.match(refusal?.message ?? '', /"a\.bn\./);
    const repvit = { ...unit('a.conv', [4, 1, 3, 3]), ...unit('a.conv1', [4, 1, 1, 1]) };
    const old = Object.fromEntries(
      Object.entries({ ...repvit, ...bn('a.bn', 4) }).map(([name, dims]) => [
        name.replace('conv.weight', 'c.weight'),
        dims,
      ]),
    );
    assert.match(only(find(old)).refusal?.message ?? '', /"a\.bn\./);
  });

  it('networks that set the eps of all their BNs are known by their names, whatever their blocks are called', () => {
    const eps = (shapes: Shapes): number | undefined => find(shapes)[0]?.eps;
    assert.equal(eps(repvgg('neck.merge_3.convs.0.conv2', 4)), 1e-3);
    assert.equal(eps({ ...repvgg('neck.a.blocks.0.conv2', 4), 'bbox_head.head_module.x.weight': [1] }), 1e-5);
    assert.equal(eps({ ...repvgg('neck.a', 4), 'bbox_head.head_module.x.weight': [1] }), 1e-3);
    const mobileone = { ...unit('model.1.rbr_conv.0', [4, 1, 3, 3]), ...bn('model.1.rbr_skip', 4) };
    assert.equal(eps(mobileone), 1e-5);
    assert.equal(eps({ ...mobileone, ...unit('model.4.cv1', [4, 4, 1, 1]) }), 1e-3);
  });

  it('what was said of all identities is nothing to a block of unequal channels', () => {
    const qa = (at: string, c1: number, c2: number): Shapes => ({
      ...unit(`${at}.rbr_dense`, [c2, c1, 3, 3]),
      [`${at}.rbr_1x1.weight`]: [c2, c1, 1, 1],
      ...bn(`${at}.bn`, c2),
    });
    const found = find({ ...qa('a', 4, 8), ...qa('b', 8, 8) }, { identity: new Map([['', true]]) });
    assert.deepEqual(
      found.map(({ refusal }) => refusal),
      [null, null],
    );
  });

  it('an identity that lost its statistics leaves one block in the list, refused for what is left of it', () => {
    const entries = Object.entries(repvgg('a', 4)).filter(([name]) => !name.includes('identity.running'));
    const { convention, refusal } = only(find(Object.fromEntries(entries)));
    assert.equal(convention.name, 'RepVGG');
    assert.match(refusal?.message ?? '', /it also holds "a\.rbr_identity\.weight"/);
  });

  it('parts of one module do not stand in each other’s way', () => {
    const part = (at: string, width: number, size: number): Shapes => ({
      [`a.${at}_conv.0.conv.weight`]: [4, width, size, size],
      ...bn(`a.${at}_conv.0.bn1`, 4),
      ...bn(`a.${at}_skip`, 4),
    });
    const found = find({ ...part('primary_rpr', 4, 1), ...part('cheap_rpr', 1, 3) });
    assert.deepEqual(
      found.map(({ name, refusal }) => [name, refusal]),
      [
        ['a.primary_conv.0', null],
        ['a.cheap_operation.0', null],
      ],
    );
  });

  it('two convolutions in a row beside a shortcut are no branches, whatever else the file is', () => {
    const row = { ...unit('model.4.conv1', [4, 4, 3, 3]), ...unit('model.4.conv2', [4, 4, 1, 1]) };
    assert.equal(only(find(row)).convention.name, 'YOLOv9 RepConvN');
    assert.deepEqual(find({ ...row, ...unit('model.4.shortcut', [4, 4, 1, 1]) }), []);
    assert.deepEqual(find({ ...row, 'model.4.fc.weight': [4, 4] }, { bnEps: 1e-3 }), []);
    const fused = only(find({ ...row, 'model.4.conv.weight': [4, 4, 3, 3] }));
    assert.match(fused.refusal?.message ?? '', /"model\.4\.conv\.weight" stands where/);
  });

  it('a branch of integers is refused: its scale is nowhere', () => {
    for (const coded of ['a.rbr_1x1.conv.weight', 'a.rbr_1x1.bn.running_var']) {
      const entries = new Map(
        Object.entries(repvgg('a', 4)).map(([name, dims]) => [
          name,
          tensor(dims, name === coded ? 'int8' : 'float32'),
        ]),
      );
      entries.set('a.rbr_1x1.bn.num_batches_tracked', tensor([], 'int64'));
      const { refusal } = only(findBlocks({ path: '', entries, wrapper: '' }));
      assert.equal(
        refusal?.message,
        `"a" has the names of RepVGG, but "${coded}" holds no floating-point numbers of 16 bits or more, and nothing says what they stand for.`,
      );
    }
  });
});
