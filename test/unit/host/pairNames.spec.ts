import assert from 'node:assert/strict';
import { isDeployName, pairKey, trainForms } from '../../../src/host/python/pairNames';

describe('names of a train and a deploy form', () => {
  it('are told by the words that people use', () => {
    for (const name of [
      'net_deploy.onnx',
      'net.fused.onnx',
      'deploy-net.onnx',
      'out/net_merged.onnx',
      'rep.onnx',
    ])
      assert.ok(isDeployName(name), name);
    for (const name of ['net.onnx', 'net_train.onnx', 'deployment.onnx', 'repvgg.onnx', 'confused.onnx'])
      assert.ok(!isDeployName(name), name);
    assert.equal(pairKey('runs/RepVGG-A0_train.onnx'), pairKey('RepVGG_A0.deploy.onnx'));
  });

  it('give each deploy form its train form', () => {
    assert.deepEqual(trainForms(['Conv.onnx', 'Conv_deploy.onnx']), [null, 'Conv.onnx']);
    assert.deepEqual(trainForms(['a_deploy.onnx', 'a_train.onnx', 'b.onnx', 'b_fused.onnx']), [
      'a_train.onnx',
      null,
      null,
      'b.onnx',
    ]);
    assert.deepEqual(trainForms(['model.onnx', 'net_deploy.onnx']), [null, 'model.onnx']);
  });

  it('stay apart where it could be either', () => {
    assert.deepEqual(trainForms(['a.onnx', 'b.onnx', 'c_deploy.onnx']), [null, null, null]);
    assert.deepEqual(trainForms(['a.onnx', 'b.onnx']), [null, null]);
    assert.deepEqual(trainForms(['a_deploy.onnx']), [null]);
  });
});
