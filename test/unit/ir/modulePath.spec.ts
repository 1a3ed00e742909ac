import assert from 'node:assert/strict';
import { modulePath } from '../../../src/core/ir/modulePath';

describe('modulePath', () => {
  const cases: readonly [string, readonly string[], readonly string[], string][] = [
    ['scopes of the TorchScript exporter', ['/blocks.1/d/d.0/Conv', '/blocks.1/Add'], [], 'blocks.1'],
    ['one node', ['/blocks.1/d/d.0/Conv'], [], 'blocks.1.d.0'],
    [
      'a container repeated in its element',
      ['/layer1/layer1.0/conv/Conv', '/layer1/layer1.0/Add'],
      [],
      'layer1.0',
    ],
    ['siblings in one container', ['/layer1/layer1.0/Add', '/layer1/layer1.1/Add'], [], 'layer1'],
    ['names that only begin alike', ['/stage1/Conv', '/stage10/Conv'], [], ''],
    ['a node at the top', ['/Add', '/a/Conv'], ['a.weight'], ''],
    [
      'weights where nodes have no scope',
      ['node_Conv_38', 'node_add_3'],
      ['b.0.a.0.weight', 'b.0.c.weight'],
      'b.0',
    ],
    ['a folded weight, which has no path', ['Conv_3'], ['onnx::Conv_123', 'b.1.conv.weight'], 'b.1.conv'],
    ['a weight of no module', ['Conv_3'], ['weight'], ''],
    ['nothing', [], [], ''],
  ];
  for (const [title, nodes, weights, expected] of cases) {
    it(title, () => assert.equal(modulePath(nodes, weights), expected));
  }
});
