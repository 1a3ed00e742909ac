import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { extension } from './support/workspace';

// runs before the other files, which open models; how long activation takes is held over all starts (support/activations.mjs)
describe('activation', () => {
  it('starts no thread and loads no runtime', async function () {
    // an extension is activated once: a second try could not show this
    this.retries(0);
    const found = extension();
    assert.equal(found.isActive, false, 'nothing has asked for it yet');
    const { threadStarted } = await found.activate();
    assert.equal(threadStarted(), false);
    const size = statSync(join(found.extensionPath, 'dist', 'extension.js')).size;
    // onnxruntime or the protobuf schema alone would be more
    assert.ok(size < 100_000, `the bundle of the extension host has ${size} bytes`);
  });
});
