import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { withAnswers } from './support/dialogs';
import { chooseFromMenu, notifications, on } from './support/screens';
import { eventually } from './support/eventually';
import { copyFixture, inWorkspace, tidy } from './support/workspace';

const fuse = (...models: vscode.Uri[]): Thenable<unknown> =>
  vscode.commands.executeCommand('replens.fuse', models[0], models);

/** A row of the Explorer's tree. */
const row = (name: string) => ({
  selector: `.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`,
});
describe('Fuse Branches', () => {
  const folder = 'fuse';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('is in the context menu of a model in the Explorer', async () => {
    const source = copyFixture('models/acnet.legacy.onnx', folder);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('revealInExplorer', source);
    await bridge.click(row('acnet.legacy.onnx'), { button: 'right' });
    await chooseFromMenu('Fuse Branches');
    await eventually(
      'the fused file',
      () => existsSync(inWorkspace(folder, 'acnet.legacy.fused.onnx').fsPath) || undefined,
    );
  });

  it('is in the context menu of a block in the editor', async () => {
    const source = copyFixture('models/acnet.legacy.onnx', folder);
    await vscode.commands.executeCommand('vscode.open', source);
    await bridge.click(on('editor', 'block'), { button: 'right' });
    await chooseFromMenu('Fuse Branches of This Block');
    await eventually(
      'the fused file',
      () => existsSync(inWorkspace(folder, 'acnet.legacy.fused.onnx').fsPath) || undefined,
    );
  });

  it('is the big button of the editor, and leaves nothing but the fused file', async () => {
    const source = copyFixture('models/seed_repvgg_alpha.legacy.onnx', folder);
    const before = readFileSync(source.fsPath);
    await vscode.commands.executeCommand('vscode.open', source);
    await bridge.click(on('editor', 'fuse-all'));
    await eventually(
      'the offer',
      async () => (await notifications()).sentences.some((text) => text.startsWith('Fused')) || undefined,
    );
    assert.deepEqual(readdirSync(inWorkspace(folder).fsPath).sort(), [
      'seed_repvgg_alpha.legacy.fused.onnx',
      'seed_repvgg_alpha.legacy.onnx',
    ]);
    assert.deepEqual(readFileSync(source.fsPath), before);
  });

  it('asks before it replaces a file, and Cancel keeps it', async () => {
    const source = copyFixture('models/acnet.legacy.onnx', folder);
    const target = inWorkspace(folder, 'acnet.legacy.fused.onnx').fsPath;
    writeFileSync(target, 'precious');
    const [question] = await withAnswers([undefined], () => fuse(source));
    assert.match(question?.title ?? '', /acnet\.legacy\.fused\.onnx exists already\. Replace it\?/);
    assert.equal(question?.modal, true);
    assert.deepEqual(question.answers, ['Replace', 'Save As…']);
    assert.equal(readFileSync(target, 'utf8'), 'precious');
    await withAnswers(['Replace'], () => fuse(source));
    assert.notEqual(readFileSync(target, 'utf8'), 'precious');
  });

  it('works on several selected models', async () => {
    const models = ['acnet', 'repvgg'].map((name) => copyFixture(`models/${name}.legacy.onnx`, folder));
    await fuse(...models);
    for (const name of ['acnet', 'repvgg'])
      assert.ok(existsSync(inWorkspace(folder, `${name}.legacy.fused.onnx`).fsPath), name);
  });

  it('says so when there is nothing to fuse, and writes nothing', async () => {
    const source = copyFixture('refuse/plain_resnet.onnx', folder);
    await fuse(source);
    const { sentences } = await notifications();
    assert.match(sentences.join('\n'), /plain_resnet\.onnx has no blocks whose branches could be fused\./);
    assert.deepEqual(readdirSync(inWorkspace(folder).fsPath), ['plain_resnet.onnx']);
  });

  it('offers to compare: the two models side by side', async () => {
    const source = copyFixture('models/repvgg.legacy.onnx', folder);
    await fuse(source);
    await notifications();
    await bridge.click({ selector: '.notifications-center .monaco-button:has-text("Compare")' });
    await bridge.waitFor(on('compare', 'compare'));
    assert.equal(
      vscode.window.tabGroups.activeTabGroup.activeTab?.label,
      'repvgg.legacy.onnx ↔ repvgg.legacy.fused.onnx',
    );
    assert.match(await bridge.text(on('compare', 'compare-summary')), /4 matched, 0 different/);
  });
});
