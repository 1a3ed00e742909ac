import assert from 'node:assert/strict';
import { compareModels } from '../../../../src/core/view/compare/compareModels';
import { modelMap } from '../../../../src/core/view/map/modelMap';
import { itemVerdicts, withVerdicts } from '../../../../src/core/view/map/verdicts';
import type { BlockComparison, Verdict } from '../../../../src/core/verify/report';
import { manyBlocks } from '../../../webview/support/models';
import { detectBytes, detectFixture, fuseToBytes } from '../../../support/models';

const measured = (id: string, verdict: Verdict, message?: string): BlockComparison => ({
  id,
  verdict,
  scope: 'all sizes',
  ratio: 0.5,
  faults: message === undefined ? [] : [{ kind: 'bias', message, nodes: [], share: 1 }],
});

describe('verdicts on the map', () => {
  const original = detectFixture('pairs/ok_repvgg.train.onnx');
  const fused = detectBytes(fuseToBytes(original));
  const blocks = [
    measured('b0', 'equivalent'),
    measured('b1', 'not-equivalent', 'The bias is off.'),
    measured('b2', 'inconclusive'),
  ];

  it('are those of the blocks in the original, of the merged convolutions in the fused model', () => {
    const { left, right } = itemVerdicts(blocks, compareModels(original, fused));
    assert.deepEqual(
      left.map(({ key, state, sentence }) => [key, state, sentence]),
      [
        ['b0', 'verified', null],
        ['b1', 'faulty', 'The bias is off.'],
      ],
    );
    assert.deepEqual(
      right.map(({ key, state }) => [key, state]),
      [
        ['node:blocks.0.reparam', 'verified'],
        ['node:blocks.1.reparam', 'faulty'],
      ],
    );
  });

  it('follow the original to the right where it is given second', () => {
    const { left, right } = itemVerdicts(blocks, compareModels(fused, original));
    assert.deepEqual(
      left.map(({ key }) => key),
      ['node:blocks.0.reparam', 'node:blocks.1.reparam'],
    );
    assert.deepEqual(
      right.map(({ key }) => key),
      ['b0', 'b1'],
    );
  });

  it('find a part outside the blocks by its first node', () => {
    const links = compareModels(fused, fused);
    const { left } = itemVerdicts([measured('outside:blocks.1.reparam', 'not-equivalent')], links);
    assert.deepEqual(
      left.map(({ key, state, sentence }) => [key, state, sentence]),
      [['node:blocks.1.reparam', 'faulty', null]],
    );
  });

  it('take the place of what the file says, of closed modules too, where the worst counts', () => {
    const { left, right } = itemVerdicts(blocks, compareModels(original, fused));
    const states = (map: ReturnType<typeof modelMap>) =>
      Object.fromEntries(map.items.flatMap(({ key, state }) => (state === null ? [] : [[key, state]])));
    assert.deepEqual(states(withVerdicts(modelMap(original, null), left)), {
      b0: 'verified',
      b1: 'faulty',
      b2: 'fusable',
    });
    assert.deepEqual(states(withVerdicts(modelMap(fused, null), right)), {
      'node:blocks.0.reparam': 'verified',
      'node:blocks.1.reparam': 'faulty',
      'node:blocks.2.reparam': 'fused',
    });
    const many = manyBlocks(50);
    const found = itemVerdicts(
      [measured('b3', 'equivalent'), measured('b30', 'not-equivalent')],
      compareModels(many, many),
    );
    const worst = (open: readonly string[]) =>
      states(withVerdicts(modelMap(many, new Set(open)), found.left));
    assert.equal(worst([])['/stages'], 'faulty');
    const stages = worst(['/stages']);
    assert.deepEqual([stages['/stages/0/blocks'], stages['/stages/1/blocks']], ['verified', 'faulty']);
    const none = modelMap(original, null);
    assert.equal(withVerdicts(none, []), none);
  });
});
