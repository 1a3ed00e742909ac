import assert from 'node:assert/strict';
import { DEFAULT_PATTERN, fusedName, sourceName, usablePattern } from '../../../src/host/outputName';

describe('the name of a fused file', () => {
  it('is the source with .fused before its ending, unless a pattern says otherwise', () => {
    assert.equal(fusedName('model.onnx', DEFAULT_PATTERN), 'model.fused.onnx');
    assert.equal(fusedName('a.b.ONNX', '${name}_deploy'), 'a.b_deploy.ONNX');
    assert.equal(fusedName('model', 'deploy-${name}'), 'deploy-model.onnx');
  });

  it('leads back to the source', () => {
    for (const pattern of [DEFAULT_PATTERN, '${name}_deploy', 'x-${name}', '${name}-${name}'])
      assert.equal(sourceName(fusedName('a.fused.b.onnx', pattern), pattern), 'a.fused.b.onnx');
    assert.equal(sourceName('model.onnx', DEFAULT_PATTERN), null);
    assert.equal(sourceName('.fused.onnx', DEFAULT_PATTERN), null);
  });

  it('is never in another folder, nor the source itself', () => {
    for (const pattern of ['${name}', 'fused', '../${name}', 'a\\${name}', '/tmp/${name}', '', 7, undefined])
      assert.equal(usablePattern(pattern), DEFAULT_PATTERN);
  });
});
