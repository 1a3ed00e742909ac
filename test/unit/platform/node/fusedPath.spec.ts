import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fusedPath } from '../../../../src/platform/node/fusedPath';

describe('fusedPath', () => {
  it('puts "fused" before the extension, beside the source', () => {
    assert.equal(fusedPath(join('a', 'net.onnx'), 'onnx'), join('a', 'net.fused.onnx'));
    assert.equal(fusedPath(join('a.b', 'net.v2.onnx'), 'onnx'), join('a.b', 'net.v2.fused.onnx'));
    assert.equal(fusedPath(join('a', 'net'), 'onnx'), join('a', 'net.fused.onnx'));
  });

  it('ends in the format that is written where the source is of another', () => {
    assert.equal(fusedPath(join('a', 'net.bin'), 'pt2', 'pt2'), join('a', 'net.fused.pt2'));
    assert.equal(fusedPath(join('a', 'net.pt'), 'torchscript', 'onnx'), join('a', 'net.fused.onnx'));
    assert.equal(fusedPath(join('a', 'net.pt2'), 'pt2'), join('a', 'net.fused.onnx'));
  });
});
