import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { removeStaleTemporaries } from '../../../../src/platform/node/staleTemporaries';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('removeStaleTemporaries', () => {
  const at = useTemporaryFolder();

  it("removes what an ended writer left of this target, its data file's included, and nothing else", () => {
    const stale = ['.net.fused.onnx.0123456789ab.tmp', '.net.fused.onnx.data.ba9876543210.tmp'];
    const others = [
      'net.fused.onnx',
      '.other.onnx.0123456789ab.tmp',
      '.net.fused.onnx.swp',
      '.net.fused.onnx.0123.tmp',
      'net.fused.onnx.0123456789ab.tmp',
    ];
    for (const name of [...stale, ...others]) writeFileSync(at(name), '');
    removeStaleTemporaries(at('net.fused.onnx'), Date.now());
    assert.deepEqual(readdirSync(at()).sort(), [...others].sort());
  });

  it('leaves files from before, which another process may be writing', () => {
    const path = at('.net.onnx.0123456789ab.tmp');
    writeFileSync(path, '');
    const earlier = Date.now() / 1000 - 60;
    utimesSync(path, earlier, earlier);
    removeStaleTemporaries(at('net.onnx'), Date.now());
    assert.deepEqual(readdirSync(at()), ['.net.onnx.0123456789ab.tmp']);
  });

  it('finds nothing in a folder that is gone', () => {
    assert.doesNotThrow(() => removeStaleTemporaries(at('gone', 'net.onnx'), 0));
  });
});
