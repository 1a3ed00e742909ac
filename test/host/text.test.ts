import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { clickLens, codeOf, diagnosticsOf, lensTitles } from './support/lenses';
import { on } from './support/screens';
import { eventually } from './support/eventually';
import { copyFixture, extension, inWorkspace, tidy } from './support/workspace';

/** Opens a model as text and gives the document, once it speaks of the file as it is now. */
async function openText(model: vscode.Uri): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('replens.openText', model);
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor, 'a text editor');
  const { document } = editor;
  await eventually('the text', () => document.getText().includes('ir_version') || undefined);
  return document;
}

/** Where a word stands in a document. */
function placeOf(document: vscode.TextDocument, words: string): vscode.Position {
  const at = document.getText().indexOf(words);
  assert.ok(at >= 0, words);
  return document.positionAt(at + 1);
}

describe('a model as text', () => {
  const folder = 'text';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('is a read-only document in a language of its own, with lenses over its blocks', async () => {
    const document = await openText(copyFixture('models/repvgg.legacy.onnx', folder));
    assert.equal(document.languageId, 'onnx-text');
    assert.match(document.getText(), /= Conv <dilations: ints = \[1, 1\]/);
    assert.deepEqual(await lensTitles(document.uri), [
      '18 Fuse 3 branches → Conv 3×3',
      '18 Verify',
      '18 Show graph',
    ]);
  });

  it('is that of the one model that is open, though another tab hides it', async () => {
    const model = copyFixture('models/repvgg.legacy.onnx', folder);
    const kept = { preview: false };
    await vscode.commands.executeCommand('vscode.openWith', model, 'replens.model', kept);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(), kept);
    await vscode.commands.executeCommand('replens.openText');
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'replens-text');
  });

  it('fuses a block at a click on its lens', async () => {
    await openText(copyFixture('models/repvgg.legacy.onnx', folder));
    await clickLens('Fuse 3 branches');
    await eventually(
      'the fused file',
      () => existsSync(inWorkspace(folder, 'repvgg.legacy.fused.onnx').fsPath) || undefined,
    );
  });

  it('shows the graph of a block at a click on its lens', async () => {
    await openText(copyFixture('pairs/ok_repvgg.train.onnx', folder));
    await clickLens('Show graph');
    await bridge.waitFor(on('editor', 'block', '[data-block-id="b0"][aria-selected="true"]'));
  });

  it('says over a near miss why it is none, as a hint too, with a page and quick fixes', async () => {
    const document = await openText(copyFixture('refuse/reflect_branch.onnx', folder));
    const titles = await lensTitles(document.uri);
    assert.ok(
      titles.some((title) => /Not fusable: padding is not by zeros…$/.test(title)),
      titles.join('\n'),
    );
    const [hint] = await diagnosticsOf(document.uri);
    assert.ok(hint);
    assert.equal(hint.severity, vscode.DiagnosticSeverity.Hint);
    assert.equal(codeOf(hint), 'padding-mode');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      hint.range,
    );
    const fixes = actions.map(({ title }) => title);
    assert.ok(fixes.includes('Show the branch graph'), fixes.join());
    assert.ok(fixes.includes('What “padding-mode” means'), fixes.join());
    const settings = vscode.workspace.getConfiguration('replens');
    const severity = async (wish: string | undefined): Promise<readonly vscode.DiagnosticSeverity[]> => {
      await settings.update('problems.nearMisses', wish, vscode.ConfigurationTarget.Global);
      return vscode.languages.getDiagnostics(document.uri).map((one) => one.severity);
    };
    assert.deepEqual(await severity('information'), [vscode.DiagnosticSeverity.Information]);
    assert.deepEqual(await severity('off'), []);
    assert.deepEqual(await severity(undefined), [vscode.DiagnosticSeverity.Hint]);
    await clickLens('Not fusable');
    const preview = await eventually('the page', () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview
        ? vscode.window.tabGroups.activeTabGroup.activeTab.label
        : undefined,
    );
    assert.match(preview, /refusals\.md/);
  });

  it('knows definitions, references, shapes, modules and an outline', async () => {
    const document = await openText(copyFixture('families/dbbStride2.legacy.onnx', folder));
    const [, name = ''] = /^\s+\["[^"]+"\] ("[^"]+") = Conv/m.exec(document.getText()) ?? [];
    const use = document.positionAt(document.getText().indexOf(`(${name}`) + 2);
    const [definition] = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      use,
    );
    assert.ok(definition && document.getText(definition.range) === name);
    const references = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeReferenceProvider',
      document.uri,
      use,
    );
    assert.ok(references.length >= 2);
    for (const { range } of references) assert.equal(document.getText(range), name);
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      use,
    );
    const words =
      hover?.contents
        .map((part) => (typeof part === 'string' ? part : part.value))
        .join()
        .replace(/&nbsp;/g, ' ') ?? '';
    assert.match(words, /float\[/);
    assert.match(words, /made by Conv/);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    const modules = symbols[0]?.children.filter(({ kind }) => kind === vscode.SymbolKind.Module) ?? [];
    assert.ok(modules.length > 0 && (modules[0]?.children.length ?? 0) > 1);
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      document.uri,
    );
    assert.ok(folds.some(({ start }) => start === modules[0]?.range.start.line));
  });

  it('fuses the block at the cursor from the context menu', async () => {
    const document = await openText(copyFixture('models/repvgg.legacy.onnx', folder));
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const at = placeOf(document, 'BatchNormalization <');
    editor.selection = new vscode.Selection(at, at);
    await vscode.commands.executeCommand('replens.fuseBlock');
    assert.ok(existsSync(inWorkspace(folder, 'repvgg.legacy.fused.onnx').fsPath));
  });

  it('follows the file when it changes', async () => {
    const model = copyFixture('refuse/plain_resnet.onnx', folder, 'model.onnx');
    const document = await openText(model);
    const before = document.getText();
    const other = join(extension().extensionPath, 'test', 'fixtures', 'models', 'repvgg.legacy.onnx');
    copyFileSync(other, model.fsPath);
    await eventually('the new text', () => document.getText() !== before || undefined);
    assert.match(document.getText(), /"\/d\/d\.0\/Conv"/);
    const titles = await eventually('its lenses', async () => {
      const found = await lensTitles(document.uri);
      return found.length === 3 ? found : undefined;
    });
    assert.match(titles.join(), /Fuse 3 branches/);
  });

  it('says in the document what is wrong with a file that cannot be read', async () => {
    const broken = inWorkspace(folder, 'broken.onnx');
    mkdirSync(inWorkspace(folder).fsPath, { recursive: true });
    writeFileSync(broken.fsPath, 'this is no model');
    await vscode.commands.executeCommand('replens.openText', broken);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /^# .*broken\.onnx/);
  });

  it('has a status bar entry with the number of blocks', async () => {
    await openText(copyFixture('models/repvgg.legacy.onnx', folder));
    const entry = { selector: '.statusbar-item[id="replens.replens.replens.model"]' };
    await bridge.waitFor(entry);
    assert.match(await bridge.text(entry), /1 block · /);
  });
});
