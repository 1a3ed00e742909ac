import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { lensTitles } from './support/lenses';
import { on } from './support/screens';
import { eventually } from './support/eventually';
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

  it('opens and fuses PyTorch programs and scripts, whose pickles and code are never run', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const program = copyFixture('torch/acnet.pt2', folder, 'program.pt2');
    await vscode.commands.executeCommand('vscode.openWith', program, 'replens.model');
    await bridge.waitFor({ ...on('editor', 'block'), selector: '[data-testid="block"]' }, 'attached');
    await vscode.commands.executeCommand('replens.fuse', program, [program]);
    assert.ok(existsSync(inWorkspace(folder, 'program.fused.pt2').fsPath));
    const script = copyFixture('torch/files/scripted.pt', folder, 'script.pt');
    await vscode.commands.executeCommand('replens.openModel', script);
    await bridge.waitFor(on('editor', 'set-shapes'));
  });

  it('shows the fold, the map, the text with its lenses, and lenses in scripts', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const model = copyFixture('models/repvgg.legacy.onnx', folder);
    await vscode.commands.executeCommand('vscode.openWith', model, 'replens.model');
    await bridge.click(on('editor', 'tab-fold'));
    await bridge.waitFor(on('editor', 'fold'));
    await bridge.click(on('editor', 'screen-map'));
    await bridge.waitFor({ ...on('editor', 'map'), selector: 'canvas[data-frame]' });
    await vscode.commands.executeCommand('replens.openText', model);
    const text = vscode.window.activeTextEditor?.document;
    assert.ok(text);
    assert.ok((await lensTitles(text.uri)).includes('18 Fuse 3 branches → Conv 3×3'));
    const script = inWorkspace(folder, 'load.py');
    writeFileSync(script.fsPath, 'import onnx\nmodel = onnx.load("repvgg.legacy.onnx")\n');
    await vscode.window.showTextDocument(script);
    const lenses = await eventually('the lens of the script', async () => {
      const found = await lensTitles(script);
      return found.includes('1 1 reparam block') ? found : undefined;
    });
    assert.ok(lenses.includes('1 Fuse branches'), lenses.join());
  });
});
