import assert from 'node:assert/strict';
import {
  DEFAULT_PATTERN,
  fusedName,
  fusedNames,
  sourceNames,
  usablePattern,
} from '../../../src/host/outputName';

describe('the name of a fused file', () => {
  it('is the source with .fused before its ending, unless a pattern says otherwise', () => {
    assert.equal(fusedName('model.onnx', DEFAULT_PATTERN), 'model.fused.onnx');
    assert.equal(fusedName('a.b.ONNX', '${name}_deploy'), 'a.b_deploy.ONNX');
    assert.equal(fusedName('model', 'deploy-${name}'), 'deploy-model.onnx');
  });

  it('leads back to the source', () => {
    for (const pattern of [DEFAULT_PATTERN, '${name}_deploy', 'x-${name}', '${name}-${name}'])
      assert.equal(sourceNames(fusedName('a.fused.b.onnx', pattern), pattern)[0], 'a.fused.b.onnx');
    assert.deepEqual(sourceNames('model.onnx', DEFAULT_PATTERN), []);
    assert.deepEqual(sourceNames('.fused.onnx', DEFAULT_PATTERN), []);
  });

  it('of a PyTorch file leads back to it, after a source of its own format', () => {
    assert.deepEqual(fusedNames('a.pt2', DEFAULT_PATTERN), ['a.fused.pt2', 'a.fused.onnx']);
    assert.deepEqual(fusedNames('a.pt', DEFAULT_PATTERN), ['a.fused.onnx', 'a.fused.pt2', 'a.fused.pt']);
    for (const source of ['a.pt2', 'a.pt', 'a.pth']) {
      for (const fused of fusedNames(source, DEFAULT_PATTERN))
        assert.ok(sourceNames(fused, DEFAULT_PATTERN).includes(source));
    }
    assert.deepEqual(sourceNames('a.fused.onnx', DEFAULT_PATTERN), ['a.onnx', 'a.pt2', 'a.pt', 'a.pth']);
    assert.deepEqual(sourceNames('a.fused.pt2', DEFAULT_PATTERN), ['a.pt2', 'a.pt', 'a.pth']);
  });

  it('ends in the format that the content can be written in, where that is known', () => {
    assert.equal(fusedName('a.pt2', DEFAULT_PATTERN, ['onnx']), 'a.fused.onnx', 'an older layout');
    assert.equal(fusedName('a.pt', DEFAULT_PATTERN, ['pt2', 'onnx']), 'a.fused.pt2', 'a program called so');
    assert.equal(fusedName('a.onnx', DEFAULT_PATTERN, ['pt2', 'onnx']), 'a.fused.pt2');
    assert.equal(fusedName('a.ONNX', DEFAULT_PATTERN, ['onnx']), 'a.fused.ONNX');
    assert.equal(fusedName('a.pt', DEFAULT_PATTERN, ['pth']), 'a.fused.pt', 'a checkpoint');
    assert.equal(fusedName('a.ckpt', DEFAULT_PATTERN, ['pth']), 'a.fused.ckpt');
    assert.equal(fusedName('a.safetensors', DEFAULT_PATTERN, ['safetensors']), 'a.fused.safetensors');
  });

  it('is never in another folder, nor the source itself', () => {
    for (const pattern of ['${name}', 'fused', '../${name}', 'a\\${name}', '/tmp/${name}', '', 7, undefined])
      assert.equal(usablePattern(pattern), DEFAULT_PATTERN);
  });
});
