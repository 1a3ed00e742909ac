import assert from 'node:assert/strict';
import { guessPairs, trainForms } from '../../../src/host/pairNames';

const pairs = (...paths: readonly string[]): readonly string[] =>
  guessPairs(paths).map(({ original, fused }) => `${original} ${fused}`);

describe('guessPairs', () => {
  it('knows merged models by what stands before .onnx', () => {
    assert.deepEqual(pairs('/a/x.onnx', '/a/x.fused.onnx', '/a/y_train.onnx', '/a/y-deploy.ONNX'), [
      '/a/x.onnx /a/x.fused.onnx',
      '/a/y_train.onnx /a/y-deploy.ONNX',
    ]);
  });

  it('takes a training form before a plain one, whatever the order', () => {
    for (const paths of [
      ['x.onnx', 'x.train.onnx', 'x.deploy.onnx'],
      ['x.deploy.onnx', 'x.train.onnx', 'x.onnx'],
    ])
      assert.deepEqual(pairs(...paths), ['x.train.onnx x.deploy.onnx']);
  });

  it('lets one original have several merged forms, and pairs nothing across folders or with nothing', () => {
    assert.deepEqual(pairs('x.onnx', 'x.fused.onnx', 'x.deploy.onnx'), [
      'x.onnx x.deploy.onnx',
      'x.onnx x.fused.onnx',
    ]);
    assert.deepEqual(pairs('/a/x.onnx', '/b/x.fused.onnx', '/a/infused.onnx', '/a/z.fused.onnx'), []);
  });

  it('pairs across formats, each with one of its own format first, else an exported program before a script', () => {
    assert.deepEqual(pairs('x.pt2', 'x.fused.onnx'), ['x.pt2 x.fused.onnx']);
    assert.deepEqual(pairs('x.pt', 'x.pt2', 'x.onnx', 'x.fused.onnx', 'x.fused.pt2'), [
      'x.onnx x.fused.onnx',
      'x.pt2 x.fused.pt2',
    ]);
    assert.deepEqual(pairs('x.pth', 'x.pt2', 'x_deploy.onnx'), ['x.pt2 x_deploy.onnx']);
    assert.deepEqual(pairs('x.onnx', 'x.train.pt', 'x.deploy.onnx'), ['x.train.pt x.deploy.onnx']);
  });

  it('pairs weights alone with what may be weights alone', () => {
    assert.deepEqual(pairs('x.safetensors', 'x.onnx', 'x.fused.safetensors', 'x.fused.onnx'), [
      'x.onnx x.fused.onnx',
      'x.safetensors x.fused.safetensors',
    ]);
    assert.deepEqual(pairs('x.onnx', 'x.fused.safetensors'), []);
    assert.deepEqual(pairs('x.train.ckpt', 'x.deploy.onnx'), []);
    assert.deepEqual(pairs('x.train.pth', 'x.deploy.safetensors'), ['x.train.pth x.deploy.safetensors']);
  });

  it('knows further words, and none inside a word', () => {
    assert.deepEqual(pairs('net.onnx', 'net_reparam.onnx', 'represent.onnx'), ['net.onnx net_reparam.onnx']);
  });
});

describe('trainForms', () => {
  it('gives each deploy form of a script its train form', () => {
    assert.deepEqual(trainForms(['net_train.onnx', 'net_deploy.onnx', 'other.onnx']), [
      null,
      'net_train.onnx',
      null,
    ]);
    assert.deepEqual(trainForms(['a.onnx', 'deployed.onnx']), [null, 'a.onnx'], 'the only other one');
    assert.deepEqual(trainForms(['a.onnx', 'b.onnx', 'deploy.onnx']), [null, null, null]);
  });
});
