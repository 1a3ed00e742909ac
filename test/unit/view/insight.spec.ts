import assert from 'node:assert/strict';
import { blockInsight } from '../../../src/core/view/insight';
import { inspectReport } from '../../../src/core/view/inspectReport';
import { detectSpec } from '../detect/merges';
import { Net } from '../detect/net';
import { detectFixture } from '../../support/models';

describe('what each branch gives to the merged kernel', () => {
  it('is its norm over the sum of all norms', () => {
    const net = new Net();
    // Frobenius norms: 3 · √(4·4), 1 · √(4·4) and, for the identity times 2, 2 · √4
    const three = net.node('Conv', ['x', net.constant([4, 4, 1, 1], () => 3)]);
    const one = net.node('Conv', ['x', net.constant([4, 4, 1, 1], () => -1)]);
    const twice = net.node('Mul', ['x', net.constant([1], () => 2)]);
    const detection = detectSpec(net.spec(['N', 4, 'H', 'W'], net.node('Sum', [three, one, twice])));
    const shares = blockInsight(detection, 'b0')!.branches.map(({ share }) => share);
    // three float64 divisions and square roots
    [12 / 20, 4 / 20, 4 / 20].forEach((share, at) => assert.ok(Math.abs(share - shares[at]!) < 1e-15));
  });

  it('calls dead what is below the rounding of the merged kernel, and only that', () => {
    const roundoff = 2 ** -53;
    const deadAt = (weight: number): readonly boolean[] => {
      const net = new Net();
      const big = net.node('Conv', ['x', net.constant([4, 4, 1, 1], () => 1)]);
      const small = net.node('Conv', ['x', net.constant([4, 4, 1, 1], () => weight)]);
      const detection = detectSpec(net.spec(['N', 4, 'H', 'W'], net.node('Add', [big, small])));
      return blockInsight(detection, 'b0')!.branches.map(({ dead }) => dead);
    };
    assert.deepEqual(deadAt(roundoff / 2), [false, true]);
    assert.deepEqual(deadAt(roundoff * 4), [false, false]);
  });

  it('finds the branches that single_init of DBB leaves', () => {
    const { blocks } = inspectReport(detectFixture('families/dbbSingleInit.dynamo.onnx'), { insight: true });
    const dead = blocks[0]!.branches.filter((branch) => branch.dead === true);
    assert.ok(dead.length >= 2, `${dead.length} are dead`);
    assert.ok(dead.every((branch) => branch.share! < 1e-6));
    const total = blocks[0]!.branches.reduce((sum, { share }) => sum + share!, 0);
    assert.ok(Math.abs(total - 1) < 1e-12, 'shares add up to 1');
  });

  it('is not read unless it is asked for', () => {
    const { blocks } = inspectReport(detectFixture('families/dbbSingleInit.dynamo.onnx'));
    assert.ok(blocks[0]!.branches.every((branch) => branch.share === undefined));
  });

  it('is nothing for a refused block', () => {
    assert.equal(blockInsight(detectFixture('families/broadcast.dynamo.onnx'), 'b0'), null);
    assert.equal(blockInsight(detectFixture('families/broadcast.dynamo.onnx'), 'b7'), null);
  });
});
