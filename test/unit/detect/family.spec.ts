import assert from 'node:assert/strict';
import type { Family } from '../../../src/core/detect/family';
import { detectSpec, fusableBlocks } from './merges';
import { Net } from './net';

/** Small graphs of each family's branches, and neighbours that differ in the one trait that names them. */

const W = 8;
const DENSE = [W, W] as const;

interface Part {
  readonly net: Net;
  /** k×k with pads that keep the size; depthwise when `group` is W. */
  readonly k: (
    kernel: number,
    options?: { group?: number; dilation?: number; input?: string; bias?: boolean },
  ) => string;
  readonly dw: (kernel: number, dilation?: number) => string;
  readonly bn: (input: string) => string;
  readonly sum: (...values: readonly string[]) => string;
}

function parts(): Part {
  const net = new Net('float32');
  const k: Part['k'] = (kernel, { group = 1, dilation = 1, input = 'x', bias = true } = {}) =>
    net.conv(input, DENSE, kernel, { pad: ((kernel - 1) * dilation) / 2, group, dilation, bias });
  return {
    net,
    k,
    dw: (kernel, dilation = 1) => k(kernel, { group: W, dilation }),
    bn: (input) => net.bn(input, W),
    sum: (...values) => values.slice(1).reduce((total, value) => net.node('Add', [total, value]), values[0]!),
  };
}

function familyOf(build: (part: Part) => string): Family {
  const part = parts();
  const { blocks } = detectSpec(part.net.spec(['N', W, 16, 16], build(part)));
  assert.equal(fusableBlocks({ blocks }).length, 1, blocks.map((block) => block.refusal?.message).join());
  return blocks[0]!.family;
}

/** A 1×1 → k×k chain with the border that makes it exact: no bias before the pads. */
const chain = ({ net, k }: Part, group = 1): string =>
  k(3, { input: net.conv('x', DENSE, 1, { bias: false }), group });

const CASES: readonly (readonly [Family, string, (part: Part) => string])[] = [
  ['RepVGG', '3×3 + 1×1 + BN', (p) => p.sum(p.k(3), p.k(1), p.bn('x'))],
  ['RepVGG', '3×3 + 1×1', (p) => p.sum(p.k(3), p.k(1))],
  ['RepVGG', '3×3 + 1×1 + identity', (p) => p.sum(p.k(3), p.k(1), 'x')],
  ['RepVGG', 'BN in every branch, unfolded', (p) => p.sum(p.bn(p.k(3)), p.bn(p.k(1)), p.bn('x'))],
  [
    'RepVGG-alpha',
    '3×3 + α·1×1',
    (p) => p.sum(p.k(3), p.net.node('Mul', [p.net.constant([], [0.5]), p.k(1)])),
  ],
  [
    'RepConv',
    '3×3 + 1×1 before a SiLU',
    (p) => {
      const y = p.sum(p.k(3), p.k(1), p.bn('x'));
      return p.net.node('Mul', [y, p.net.node('Sigmoid', [y])]);
    },
  ],
  ['QARepVGG', '3×3 + 1×1 + x, an outer BN', (p) => p.bn(p.sum(p.bn(p.k(3)), p.k(1), 'x'))],
  [
    'ACNet',
    '3×3 + 3×1 + 1×3',
    (p) =>
      p.sum(
        p.k(3),
        p.net.conv('x', DENSE, [3, 1], { pad: [1, 0, 1, 0] }),
        p.net.conv('x', DENSE, [1, 3], { pad: [0, 1, 0, 1] }),
      ),
  ],
  ['DBB', '3×3 + 1×1 → 3×3', (p) => p.sum(p.k(3), chain(p), p.k(1))],
  [
    'DBB',
    '3×3 + average pool',
    (p) => {
      const pool = p.net.node('AveragePool', ['x'], {
        kernel_shape: [3, 3],
        pads: [1, 1, 1, 1],
        count_include_pad: 1,
      });
      return p.sum(p.k(3), p.k(1), p.bn(pool));
    },
  ],
  [
    'DBB',
    '1×1 + 1×1 → 1×1 + average pool of one',
    (p) => {
      const attrs = { kernel_shape: [1, 1], count_include_pad: 1 };
      const two = p.net.conv(p.bn(p.k(1)), DENSE, 1);
      return p.sum(p.k(1), two, p.bn(p.net.node('AveragePool', [p.bn(p.k(1))], attrs)));
    },
  ],
  ['MobileOne', 'two depthwise 3×3 + 1×1 + BN', (p) => p.sum(p.dw(3), p.dw(3), p.dw(1), p.bn('x'))],
  ['MobileOne', 'pointwise only', (p) => p.sum(p.k(1), p.k(1), p.bn('x'))],
  ['MobileOne', 'one depthwise 3×3 + 1×1 + BN', (p) => p.sum(p.dw(3), p.dw(1), p.bn('x'))],
  [
    'RepMixer',
    'x + γ·(mixer − norm)',
    (p) => {
      const mixer = p.sum(p.dw(3), p.dw(1), p.bn('x'));
      const difference = p.net.node('Sub', [mixer, p.bn('x')]);
      return p.sum('x', p.net.node('Mul', [p.net.constant([W, 1, 1]), difference]));
    },
  ],
  ['RepCPE', 'depthwise 7×7 + x', (p) => p.sum(p.dw(7), 'x')],
  ['RepGhost', 'depthwise 3×3 + BN', (p) => p.sum(p.dw(3), p.bn('x'))],
  ['RepVGGDW', 'depthwise 3×3 + 1×1 + x, an outer BN', (p) => p.bn(p.sum(p.dw(3), p.dw(1), 'x'))],
  ['RepLKNet', 'depthwise 13×13 + 5×5', (p) => p.sum(p.dw(13), p.dw(5))],
  ['UniRepLKNet', 'depthwise 7×7 + dilated 3×3', (p) => p.sum(p.dw(7), p.dw(3, 2), p.dw(3, 3))],
  [
    'ECBSR',
    '3×3 + 1×1 → 3×3 + two 1×1 → edge filters',
    (p) => p.sum(p.k(3), chain(p), chain(p, W), chain(p, W)),
  ],
  ['Linear branches', 'two 3×3 of one source', (p) => p.net.node('Sub', [p.k(3), p.k(5)])],
];

describe('the name of a family', () => {
  for (const [family, what, build] of CASES) {
    it(`${family}: ${what}`, () => {
      assert.equal(familyOf(build), family);
    });
  }

  it('LoRA: W·x + B·A·x with a narrow middle', () => {
    const net = new Net('float32');
    const wide = net.node('MatMul', ['x', net.constant([16, 16])]);
    const down = net.node('MatMul', ['x', net.constant([16, 2])]);
    const up = net.node('MatMul', [down, net.constant([2, 16])]);
    const { blocks } = detectSpec(net.spec([64, 16], net.node('Add', [wide, up])));
    assert.deepEqual(
      blocks.map(({ family, status }) => [family, status]),
      [['LoRA', 'fusable']],
    );
  });
});

describe('branches, as a person would say them', () => {
  const labels = (build: (part: Part) => string): readonly string[] => {
    const part = parts();
    const { blocks } = detectSpec(part.net.spec(['N', W, 16, 16], build(part)));
    return blocks[0]!.branches.map((branch) => branch.label);
  };

  it('kernels, groups, dilations, BN, scales, signs, chains', () => {
    assert.deepEqual(
      labels((p) => p.sum(p.bn(p.dw(7)), p.dw(3, 3), 'x')),
      ['7×7 depthwise conv + BN', '3×3 depthwise conv, dilation 3', 'identity'],
    );
    assert.deepEqual(
      labels((p) => p.net.node('Sub', [p.k(3, { group: 2 }), p.bn('x')])),
      ['3×3 grouped conv', '− identity + BN'],
    );
    assert.deepEqual(
      labels((p) => p.sum(p.k(3), p.net.node('Mul', [chain(p), p.net.constant([W, 1, 1])]))),
      ['3×3 conv', '1×1 conv → 3×3 conv + scale'],
    );
  });

  it('names every node of a branch, and no node of another', () => {
    const part = parts();
    const { blocks } = detectSpec(
      part.net.spec(['N', W, 16, 16], part.sum(part.bn(part.k(3)), part.k(1), 'x')),
    );
    const kinds = blocks[0]!.branches.map((branch) => branch.nodes.map((node) => node.split('_')[0]));
    assert.deepEqual(kinds, [['Conv', 'BatchNormalization'], ['Conv'], []]);
  });
});
