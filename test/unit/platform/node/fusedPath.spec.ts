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

  it('keeps an ending of nobody, and no ending that says something else than the file holds', () => {
    assert.equal(fusedPath('net.ort', 'onnx'), 'net.fused.ort');
    assert.equal(fusedPath('net.pt2', 'onnx'), 'net.fused.onnx');
    assert.equal(fusedPath('net.CKPT', 'checkpoint', 'pth'), 'net.fused.CKPT');
    assert.equal(fusedPath('net.bin', 'checkpoint', 'pth'), 'net.fused.bin');
    assert.equal(fusedPath('net.pth', 'checkpoint', 'safetensors'), 'net.fused.safetensors');
    assert.equal(fusedPath('net.onnx', 'checkpoint', 'pth'), 'net.fused.pth');
  });
});
