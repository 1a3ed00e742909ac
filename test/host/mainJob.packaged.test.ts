import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { lensTitles } from './support/lenses';
import { bridge } from './support/bridge';
import { choosePick, notifications, on, quickInput, shownReport } from './support/screens';
import { eventually } from './support/eventually';
import { extension, inWorkspace } from './support/workspace';

/** Opens a step of the walkthrough, presses its button, and waits for what that does. */
async function fromWalkthrough<T>(
  step: string,
  button: string,
  done: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const row = `.getting-started-step:has(h3:text-is("${step}"))`;
  await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'replens.replens#start', false);
  await bridge.waitFor({ selector: row });
  if ((await bridge.count({ selector: `${row}.expanded` })) === 0)
    await bridge.click({ selector: `${row} h3` });
  await bridge.click({ selector: `${row} .monaco-button:has-text("${button}")`, timeout: 5000 });
  return eventually(`what "${button}" does`, done);
}

/** What a person gets who installs the .vsix: none of these tests may read the repository. */
describe('the .vsix in a clean VS Code', function () {
  this.timeout(120_000);
  let sample: vscode.Uri;

  it('is installed, not under development, and holds the packed files only', () => {
    const { extensionPath, packageJSON } = extension();
    assert.match(extensionPath, /extensions[/\\]replens\.replens-\d+\.\d+\.\d+/);
    assert.equal((packageJSON as { name: string }).name, 'replens');
    assert.equal(existsSync(`${extensionPath}/src`), false);
    assert.equal(existsSync(`${extensionPath}/node_modules`), false);
  });

  it('opens the sample from the walkthrough', async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'replens.replens#start', false);
    const steps = await eventually('the four steps', async () => {
      const titles = await bridge.texts({ selector: '.getting-started-step h3' });
      return titles.length === 4 ? titles : undefined;
    });
    assert.deepEqual(steps, [
      'Open a model',
      'Look at its blocks',
      'Fuse the branches',
      'Verify that nothing changed',
    ]);
    sample = await fromWalkthrough('Open a model', 'Open the Sample', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom ? input.uri : undefined;
    });
    await bridge.waitFor(on('editor', 'branch-graph'));
    assert.equal(await bridge.count(on('editor', 'block', '[data-status="fusable"]')), 8);
  });

  it('shows its text and a branch graph from there, beside the steps', async () => {
    const text = await fromWalkthrough('Look at its blocks', 'Open as Text', () => {
      const { activeTextEditor: editor } = vscode.window;
      return editor?.document.uri.scheme === 'replens-text' ? editor.document.uri : undefined;
    });
    const titles = await lensTitles(text);
    assert.equal(titles.filter((title) => title.includes('Fuse')).length, 8);
    await fromWalkthrough('Look at its blocks', 'Show a Branch Graph', async () =>
      (await bridge.count({ selector: '.quick-input-widget .quick-input-title' })) > 0 ? true : undefined,
    );
    assert.match(await quickInput(), /Branch graph/);
    await choosePick(2);
    await bridge.waitFor(on('editor', 'block', '[data-block-id="b2"][aria-selected="true"]'));
  });

  it('fuses it from there', async () => {
    const { sentences } = await fromWalkthrough('Fuse the branches', 'Fuse Branches', async () => {
      const shown = await notifications();
      return shown.sentences.some((text) => text.startsWith('Fused')) ? shown : undefined;
    });
    assert.match(sentences.join('\n'), /Fused 8 blocks, 41 → 19 nodes: repvgg\.fused\.onnx/);
    assert.ok(existsSync(sample.fsPath.replace(/\.onnx$/, '.fused.onnx')));
  });

  it('verifies it from there: equivalent', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await fromWalkthrough('Verify that nothing changed', 'Verify the Fused Model', async () =>
      (await bridge.count({ selector: '.quick-input-widget .quick-input-title' })) > 0 ? true : undefined,
    );
    await quickInput();
    await bridge.press('Enter');
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent', shown.reason);
    assert.match(shown.reason, /8 merged blocks agree/);
    await bridge.screenshot('packaged-report');
  });

  it('has lenses in scripts', async () => {
    const script = inWorkspace('export.py');
    const text = `import onnx\nmodel = onnx.load(${JSON.stringify(sample.fsPath)})\n`;
    await vscode.workspace.fs.writeFile(script, new TextEncoder().encode(text));
    await vscode.window.showTextDocument(script);
    const lenses = await eventually('the lens of the script', async () => {
      const found = await lensTitles(script).catch(() => []);
      return found.some((title) => title.includes('8 reparam')) ? found : undefined;
    });
    assert.ok(
      lenses.some((title) => title.includes('Fuse branches')),
      lenses.join(),
    );
  });
});
