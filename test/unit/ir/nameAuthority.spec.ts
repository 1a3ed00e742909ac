import assert from 'node:assert/strict';
import { nameAuthority } from '../../../src/core/ir/nameAuthority';
import { decodeBuilt } from '../../support/onnxBuilder';

const MODEL = decodeBuilt({
  inputs: { x: ['float32', [2]], flag: ['bool', []] },
  outputs: { y: ['float32', [2]] },
  initializers: { weight: { dims: [2], data: [1, 2] } },
  nodes: [
    {
      op: 'If',
      name: 'choose',
      inputs: ['flag'],
      outputs: ['y'],
      attrs: {
        then_branch: {
          graph: {
            outputs: { inner: ['float32', [2]] },
            nodes: [{ op: 'Mul', name: 'deep', inputs: ['x', 'weight'], outputs: ['inner'] }],
          },
        },
        else_branch: {
          graph: {
            outputs: { other: ['float32', [2]] },
            nodes: [{ op: 'Add', name: 'else', inputs: ['x', 'weight'], outputs: ['other'] }],
          },
        },
      },
    },
  ],
});

describe('nameAuthority', () => {
  it('avoids every name of values, initializers and subgraphs', () => {
    const names = nameAuthority(MODEL.graph);
    for (const taken of ['x', 'y', 'weight', 'inner', 'other'])
      assert.equal(names.value(taken), `${taken}_1`);
    for (const taken of ['choose', 'deep', 'else']) assert.equal(names.node(taken), `${taken}_1`);
    assert.equal(names.value('deep'), 'deep');
  });

  it('never gives a name twice', () => {
    const names = nameAuthority(MODEL.graph);
    const given = [names.value('m'), names.value('m'), names.value('m_1'), names.value('m'), names.value('')];
    assert.deepEqual(given, ['m', 'm_1', 'm_1_1', 'm_2', 'unnamed']);
  });

  it('counts on from where it was, so that many names from one hint take linear time', () => {
    const names = nameAuthority(MODEL.graph);
    const all = Array.from({ length: 50_000 }, () => names.node('conv'));
    assert.equal(new Set(all).size, 50_000);
    assert.equal(all[49_999], 'conv_49999');
  });
});
