import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { lensTitles } from './support/lenses';
import { bridge } from './support/bridge';
import { notifications, on, quickInput, shownReport } from './support/screens';
import { eventually, extension, inWorkspace } from './support/workspace';

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
    await bridge.click({ selector: '.getting-started-step .button-container:has-text("Open the Sample")' });
    sample = await eventually('the sample', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom ? input.uri : undefined;
    });
    await bridge.waitFor(on('editor', 'branch-graph'));
    assert.equal(await bridge.count(on('editor', 'block', '[data-status="fusable"]')), 8);
  });

  it('fuses it', async () => {
    await bridge.click(on('editor', 'fuse-all'));
    const { sentences } = await eventually('the offer', async () => {
      const shown = await notifications();
      return shown.sentences.some((text) => text.startsWith('Fused')) ? shown : undefined;
    });
    assert.match(sentences.join('\n'), /Fused 8 blocks, 41 → 19 nodes: repvgg\.fused\.onnx/);
    assert.ok(existsSync(sample.fsPath.replace(/\.onnx$/, '.fused.onnx')));
  });

  it('verifies it: equivalent', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await bridge.click(on('editor', 'verify'));
    await quickInput();
    await bridge.press('Enter');
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent', shown.reason);
    assert.match(shown.reason, /8 merged blocks agree/);
    await bridge.screenshot('packaged-report');
  });

  it('has its text, and lenses in scripts', async () => {
    await vscode.commands.executeCommand('replens.openText', sample);
    const titles = await lensTitles(vscode.window.activeTextEditor!.document.uri);
    assert.equal(titles.filter((title) => title.includes('Fuse')).length, 8);
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
