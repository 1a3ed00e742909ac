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
    const before = process.cpuUsage();
    const { activationMs, threadStarted } = await found.activate();
    const used = process.cpuUsage(before);
    const asked = performance.now() - started;
    const cpu = (used.user + used.system) / 1000;
    console.log(
      `  activation: ${activationMs.toFixed(1)} ms; asking VS Code for it ${asked.toFixed(1)} ms, ${cpu.toFixed(1)} ms of them computing`,
    );
    // on a busy machine the clock also counts others' work
    assert.ok(Math.min(activationMs, cpu) < 50, `activate() took ${activationMs} ms`);
    assert.equal(threadStarted(), false);
    const size = statSync(join(found.extensionPath, 'dist', 'extension.js')).size;
    // onnxruntime or the protobuf schema alone would be more
    assert.ok(size < 100_000, `the bundle of the extension host has ${size} bytes`);
  });
});
