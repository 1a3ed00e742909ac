import assert from 'node:assert/strict';
import { assertMerges, assertRefuses, detectSpec } from './merges';
import { Net } from './net';

/** The cost model picks the cut; these are choices that a person would make as well. */

describe('the cost of a block', () => {
  it('counts nodes, parameters and multiply-accumulates before and after', () => {
    const net = new Net('float32');
    const branches = [
      net.bn(net.conv('x', [4, 8], 3, { pad: 1, stride: 2 }), 8),
      net.conv('x', [4, 8], 1, { stride: 2 }),
    ];
    const { blocks } = detectSpec({
      ...net.spec(['N', 4, 16, 16], 'none'),
      nodes: [...net.nodes, { op: 'Add', inputs: branches, outputs: ['y'] }],
    });
    const outputs = 8 * 8 * 8;
    assert.deepEqual(blocks[0]?.before, {
      nodes: 4,
      params: 8 * 4 * 9 + 8 + 4 * 8 + (8 * 4 + 8),
      macs: outputs * (4 * 9 + 1 + 4 + 1),
    });
    assert.deepEqual(blocks[0].after, { nodes: 1, params: 8 * 4 * 9 + 8, macs: outputs * 4 * 9 });
  });

  it('counts a shared weight once', () => {
    const net = new Net('float32');
    const weight = net.constant([4, 4, 1, 1]);
    const [a, b] = [1, 2].map((times) => net.node('Conv', ['x', weight], { strides: [times, times] }));
    const other = net.conv('x', [4, 4], 3, { pad: 1 });
    const { blocks } = detectSpec(net.spec([1, 4, 1, 1], net.node('Sum', [a!, b!, other])));
    assert.ok(blocks.every((block) => block.before.params <= 16 + 144 + 4));
  });
});

describe('the cut', () => {
  it('takes in the BN behind the join', () => {
    const net = new Net();
    const sum = net.node('Add', [net.conv('x', [4, 4], 3, { pad: 1 }), net.conv('x', [4, 4], 1)]);
    const block = assertMerges(net.spec(['N', 4, 'H', 'W'], net.bn(sum, 4)), [[1, 4, 6, 6]]);
    assert.ok(block.region.nodes.some((node) => node.opType === 'BatchNormalization'));
  });

  it('leaves out a 1×1 expansion into k×k', () => {
    const net = new Net('float32');
    const wide = net.conv('x', [16, 96], 1);
    assertRefuses(net.spec([1, 16, 14, 14], net.conv(wide, [96, 96], 3, { pad: 1, group: 96 })), null);
    const free = new Net('float32');
    const wider = free.conv('x', [16, 96], 1, { bias: false });
    assertRefuses(
      free.spec([1, 16, 14, 14], free.conv(wider, [96, 96], 3, { pad: 1, group: 96 })),
      'unprofitable',
    );
  });

  it('merges the branches and leaves the convolution before them alone', () => {
    const net = new Net('float32');
    const stem = net.conv('x', [64, 16], 3);
    const sum = net.node('Add', [net.conv(stem, [16, 16], 3), net.conv(stem, [16, 16], 3)]);
    const { blocks } = detectSpec(net.spec([1, 64, 28, 28], sum));
    assert.deepEqual(
      blocks.map((block) => [block.status, block.region.source, block.after.params]),
      [['fusable', stem, 16 * 16 * 9 + 16]],
    );
  });

  it('takes in the convolution before them where the middle is wide', () => {
    const net = new Net();
    const stem = net.conv('x', [2, 16], 1);
    const sum = net.node('Add', [net.conv(stem, [16, 2], 3), net.conv(stem, [16, 2], 3)]);
    const block = assertMerges(net.spec([1, 2, 8, 8], sum), [[1, 2, 8, 8]]);
    assert.equal(block.region.source, 'x');
  });

  it('of a chain of blocks is a block each', () => {
    const net = new Net('float32');
    let value = 'x';
    for (let i = 0; i < 5; i++) {
      const branches = [net.conv(value, [8, 8], 3, { pad: 1 }), net.conv(value, [8, 8], 1), net.bn(value, 8)];
      value = net.node('Relu', [net.node('Sum', branches)]);
    }
    const { blocks } = detectSpec(net.spec(['N', 8, 32, 32], value));
    assert.deepEqual(
      blocks.map(({ id, family }) => `${id} ${family}`),
      ['b0 RepVGG', 'b1 RepVGG', 'b2 RepVGG', 'b3 RepVGG', 'b4 RepVGG'],
    );
  });
});

describe('detection ends on what is large or tangled', () => {
  // a quadratic walk would take minutes, a linear one takes under a second on an idle machine
  const PATIENCE = 30_000;

  it('3,000 convolutions in a chain with skips', () => {
    const net = new Net('float32');
    let value = 'x';
    const weight = net.constant([4, 4, 3, 3]);
    for (let i = 0; i < 1500; i++) {
      const conv = (input: string): string => net.node('Conv', [input, weight], { pads: [1, 1, 1, 1] });
      value = net.node('Add', [conv(net.node('Relu', [conv(value)])), value]);
    }
    assert.deepEqual(detectSpec(net.spec(['N', 4, 32, 32], value)).blocks, []);
  }).timeout(PATIENCE);

  it('joins of joins that share their operands, 2^40 paths', () => {
    const net = new Net('float32');
    let value = net.conv('x', [4, 4], 3, { pad: 1 });
    for (let i = 0; i < 40; i++) value = net.node('Add', [value, value]);
    const { blocks } = detectSpec(net.spec(['N', 4, 32, 32], value));
    assert.ok(blocks.every((block) => block.branches.length <= 64));
  }).timeout(PATIENCE);
});
