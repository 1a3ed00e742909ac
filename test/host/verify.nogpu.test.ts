import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { channelModel } from './support/models';
import { on, shownReport } from './support/screens';
import { startVerify } from './support/verification';
import { inWorkspace, tidy, writeModel } from './support/workspace';

describe('Verify without a WebGPU adapter', function () {
  this.timeout(120_000);
  const folder = 'nogpu';

  after(() => tidy(folder));

  it('runs on wasm, says why, and what to try', async () => {
    const source = writeModel(channelModel(4, 4), folder, 'plain.onnx');
    await vscode.commands.executeCommand('vscode.open', source);
    await bridge.waitFor(on('editor', 'gpu', '[data-available="false"]'));
    await vscode.commands.executeCommand('replens.fuse', source, [source]);
    await startVerify(source, inWorkspace(folder, 'plain.fused.onnx'));
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent');
    assert.equal(shown.provider, 'wasm');
    assert.match(shown.reason, /measured on wasm only: WebGPU offers no adapter/);
    if (process.platform === 'linux')
      assert.match(shown.reason, /--enable-unsafe-webgpu --enable-features=Vulkan/);
  });
});
