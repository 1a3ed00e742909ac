import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { on } from './support/screens';
import { copyFixture, inWorkspace, tidy } from './support/workspace';

describe('Restricted Mode', () => {
  const folder = 'restricted';

  after(() => tidy(folder));

  it('opens and fuses models: nothing of a model is executed', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const source = copyFixture('models/acnet.legacy.onnx', folder);
    await vscode.commands.executeCommand('vscode.openWith', source, 'replens.model');
    await bridge.waitFor({ ...on('editor', 'block'), selector: '[data-testid="block"]' }, 'attached');
    await vscode.commands.executeCommand('replens.fuse', source, [source]);
    assert.ok(existsSync(inWorkspace(folder, 'acnet.legacy.fused.onnx').fsPath));
  });
});
