import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { extension } from './support/workspace';

// runs before the other files, which open models
describe('activation', () => {
  it('takes less than 50 ms, starts no thread and loads no runtime', async () => {
    const found = extension();
    assert.equal(found.isActive, false, 'nothing has asked for it yet');
    const started = performance.now();
    const { activationMs, threadStarted } = await found.activate();
    const asked = performance.now() - started;
    console.log(
      `  activation: ${activationMs.toFixed(1)} ms, ${asked.toFixed(1)} ms with loading the bundle`,
    );
    assert.ok(activationMs < 50, `activate() took ${activationMs} ms`);
    assert.ok(asked < 500, `VS Code needed ${asked} ms to load and activate it`);
    assert.equal(threadStarted(), false);
    const size = statSync(join(found.extensionPath, 'dist', 'extension.js')).size;
    // onnxruntime or the protobuf schema alone would be more
    assert.ok(size < 100_000, `the bundle of the extension host has ${size} bytes`);
  });
});
