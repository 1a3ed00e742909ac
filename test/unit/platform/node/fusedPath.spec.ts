import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fusedPath, sourcePath } from '../../../../src/platform/node/fusedPath';

describe('fusedPath', () => {
  it('puts "fused" before the extension, beside the source', () => {
    assert.equal(fusedPath(join('a', 'net.onnx')), join('a', 'net.fused.onnx'));
    assert.equal(fusedPath(join('a.b', 'net.v2.onnx')), join('a.b', 'net.v2.fused.onnx'));
    assert.equal(fusedPath(join('a', 'net')), join('a', 'net.fused.onnx'));
  });

  it('leads back to the source, and says so when the name is of another form', () => {
    assert.equal(sourcePath(join('a', 'net.v2.fused.onnx')), join('a', 'net.v2.onnx'));
    assert.equal(sourcePath(join('a', 'net.onnx')), null);
    assert.equal(sourcePath(join('a', '.fused.onnx')), null);
  });
});
