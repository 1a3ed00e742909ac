import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { choosePick, on, quickInput } from './support/screens';
import { eventually } from './support/eventually';
import { copyFixture, extension, inWorkspace, tidy } from './support/workspace';

describe('the model editor', () => {
  const folder = 'editor';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('shows what a model without blocks is', async () => {
    await vscode.commands.executeCommand('vscode.open', copyFixture('refuse/plain_resnet.onnx', folder));
    await bridge.waitFor(on('editor', 'no-blocks'));
    assert.match(await bridge.text(on('editor', 'model-name')), /plain_resnet\.onnx/);
  });

  it('shows a refusal with its sentence', async () => {
    await vscode.commands.executeCommand('vscode.open', copyFixture('refuse/reflect_branch.onnx', folder));
    await bridge.waitFor(on('editor', 'block', '[data-status="refused"]'));
    assert.equal(await bridge.attribute(on('editor', 'refusal'), 'data-code'), 'padding-mode');
  });

  it('says what is wrong with a broken file and reads it again when it changes', async () => {
    const good = copyFixture('models/acnet.legacy.onnx', folder);
    const uri = inWorkspace(folder, 'broken.onnx');
    writeFileSync(uri.fsPath, 'this is no model');
    await vscode.commands.executeCommand('vscode.open', uri);
    await bridge.waitFor(on('editor', 'failed'));
    assert.match(await bridge.text(on('editor', 'failed')), /broken\.onnx/);
    copyFileSync(good.fsPath, uri.fsPath);
    await bridge.waitFor(on('editor', 'block', '[data-status="fusable"]'));
  });

  it('shows one file in several editors, and other editors stay reachable', async () => {
    const uri = copyFixture('models/acnet.legacy.onnx', folder);
    await vscode.commands.executeCommand('vscode.open', uri);
    await bridge.waitFor(on('editor', 'block'));
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    await eventually('two webviews', async () => {
      const frames = await bridge.evaluate(
        {},
        () => document.querySelectorAll('iframe.webview.ready').length,
      );
      return frames === 2 ? true : undefined;
    });
    await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputText);
  });

  it('obeys a Content Security Policy that nothing in it violates', async () => {
    await vscode.commands.executeCommand('vscode.open', copyFixture('models/acnet.legacy.onnx', folder));
    await bridge.waitFor(on('editor', 'branch-graph'));
    const policy = await bridge.evaluate(
      on('editor', 'block'),
      () =>
        document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')?.content ?? '',
    );
    assert.match(policy, /^default-src 'none'; /);
    assert.doesNotMatch(policy, /unsafe-eval'|script-src[^;]*unsafe-inline|connect-src/);
    const violations = (await bridge.console()).filter(
      ({ text }) => /Content Security Policy/i.test(text) && /editor\.(js|css)/.test(text),
    );
    assert.deepEqual(violations, []);
  });

  it('shows the branch graph of a chosen block by command', async () => {
    const uri = copyFixture('pairs/ok_repvgg.train.onnx', folder);
    const shown = vscode.commands.executeCommand('replens.showGraph', uri);
    assert.match(await quickInput(), /Branch graph/);
    await choosePick(1);
    await shown;
    await bridge.waitFor(on('editor', 'block', '[data-block-id="b1"][aria-selected="true"]'));
  });

  it('opens a sample from a copy outside the extension folder', async () => {
    const opened = vscode.commands.executeCommand('replens.openSample');
    const uri = await eventually('the sample', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom ? input.uri : undefined;
    });
    await opened;
    assert.ok(!uri.fsPath.startsWith(extension().extensionPath));
    await bridge.waitFor(on('editor', 'fuse-all'));
  });
});
