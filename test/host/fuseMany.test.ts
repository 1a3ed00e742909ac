import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { withAnswers } from './support/dialogs';
import { chooseFromMenu, notifications } from './support/screens';
import { eventually } from './support/eventually';
import { copyFixture, inWorkspace, tidy } from './support/workspace';

const folder = 'many';
const names = (): readonly string[] =>
  readdirSync(inWorkspace(folder).fsPath, { recursive: true, encoding: 'utf8' }).sort();

describe('Fuse Branches on a folder', () => {
  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('fuses every model below it, says what became of each, and can be undone', async () => {
    copyFixture('models/acnet.legacy.onnx', folder);
    copyFixture('models/repvgg.legacy.onnx', `${folder}/deep`);
    copyFixture('refuse/plain_resnet.onnx', folder);
    writeFileSync(inWorkspace(folder, 'broken.onnx').fsPath, 'no model');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('revealInExplorer', inWorkspace(folder));
    await bridge.click(
      { selector: `.explorer-folders-view .monaco-list-row[aria-label^="${folder}"]` },
      { button: 'right' },
    );
    await chooseFromMenu('Fuse Branches');
    const sentence = await eventually('the summary', async () =>
      (await notifications()).sentences.find((text) => text.startsWith('Fused 2 of 4 models.')),
    );
    assert.match(sentence, /Nothing to fuse in 1\..*Failed: 1\./);
    assert.ok(existsSync(inWorkspace(folder, 'acnet.legacy.fused.onnx').fsPath));
    assert.ok(existsSync(inWorkspace(folder, 'deep', 'repvgg.legacy.fused.onnx').fsPath));
    // this file system has no trash
    const [question] = await withAnswers(['Delete for Good'], () =>
      vscode.commands.executeCommand('replens.undoFuse'),
    );
    assert.match(question?.title ?? '', /There is no trash here\. Delete acnet\.legacy\.fused\.onnx, repvgg/);
    assert.deepEqual(
      names().filter((name) => name.includes('.fused.')),
      [],
    );
    assert.ok(existsSync(inWorkspace(folder, 'acnet.legacy.onnx').fsPath));
  });

  it('asks once about files that are there, and leaves out what it made itself', async () => {
    copyFixture('models/acnet.legacy.onnx', folder);
    copyFixture('models/repvgg.legacy.onnx', folder);
    writeFileSync(inWorkspace(folder, 'acnet.legacy.fused.onnx').fsPath, 'precious');
    const asked = await withAnswers(['Skip'], () =>
      vscode.commands.executeCommand('replens.fuse', inWorkspace(folder), [inWorkspace(folder)]),
    );
    assert.deepEqual(
      asked.map(({ title }) => title),
      ['1 fused file exists already. Replace it?'],
    );
    const { sentences } = await notifications();
    assert.match(sentences.join('\n'), /Fused 1 of 2 models\. Skipped 1, fused before\./);
  });

  it('says so when there is no model in it', async () => {
    copyFixture('models/repvgg.json', folder);
    await vscode.commands.executeCommand('replens.fuse', inWorkspace(folder), [inWorkspace(folder)]);
    assert.match((await notifications()).sentences.join('\n'), /There is no model in many\./);
  });

  it('names its files as the setting says', async () => {
    const settings = vscode.workspace.getConfiguration('replens');
    await settings.update('fuse.outputName', '${name}_deploy', vscode.ConfigurationTarget.Global);
    try {
      const model = copyFixture('models/acnet.legacy.onnx', folder);
      await vscode.commands.executeCommand('replens.fuse', model, [model]);
      assert.deepEqual(names(), ['acnet.legacy.onnx', 'acnet.legacy_deploy.onnx']);
    } finally {
      await settings.update('fuse.outputName', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
