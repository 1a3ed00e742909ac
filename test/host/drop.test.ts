import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { notifications, on } from './support/screens';
import { eventually } from './support/eventually';
import { copyFixture, inWorkspace, tidy } from './support/workspace';

const row = (name: string): string => `.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`;

/** The model in the active editor. */
function active(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri.path.replace(/.*\//, '') : undefined;
}

describe('a model dragged onto the editor', () => {
  const folder = 'drop';

  beforeEach(async () => {
    await tidy(folder);
    const first = copyFixture('models/acnet.legacy.onnx', folder);
    const other = copyFixture('models/repvgg.legacy.onnx', folder);
    await vscode.commands.executeCommand('vscode.open', first);
    await bridge.waitFor(on('editor', 'branch-graph'));
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('revealInExplorer', other);
    await bridge.waitFor({ selector: row('repvgg.legacy.onnx') });
  });
  after(() => tidy(folder));

  it('opens, since VS Code takes the drop and RepLens is the editor for it', async () => {
    await bridge.drag(row('repvgg.legacy.onnx'), '.editor-group-container', { picture: 'drop-vscode' });
    await eventually('the dropped model', () => active() === 'repvgg.legacy.onnx' || undefined);
    await bridge.waitFor(on('editor', 'branch-graph'));
  });

  it('opens with Shift as well, when VS Code hands the drop on to the view', async () => {
    await bridge.drag(row('repvgg.legacy.onnx'), '.editor-group-container', {
      key: 'Shift',
      picture: 'drop-webview',
    });
    await eventually('the dropped model', () => active() === 'repvgg.legacy.onnx' || undefined);
  });

  it('is refused with a sentence where it is no model', async () => {
    const note = inWorkspace(folder, 'note.txt');
    writeFileSync(note.fsPath, 'no model');
    await bridge.evaluate(
      on('editor', 'branch-graph'),
      (address) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.setData('text/uri-list', `# a comment\r\n${address}`);
        for (const type of ['dragover', 'drop'])
          document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      },
      note.toString(),
    );
    const sentence = await eventually('a sentence', async () =>
      (await notifications()).sentences.find((text) => text.includes('note.txt')),
    );
    assert.match(
      sentence,
      /Only \.onnx, \.pt2, \.pt, \.pth, \.ckpt, \.safetensors files can be opened here, not note\.txt/,
    );
    assert.equal(active(), 'acnet.legacy.onnx');
  });
});
