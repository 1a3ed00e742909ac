import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { clickLens, codeOf, diagnosticsOf, lensTitles } from './support/lenses';
import { quickInput } from './support/screens';
import { nextVerification, startVerify, withWasm } from './support/verification';
import { eventually } from './support/eventually';
import { copyFixture, extension, inWorkspace, tidy } from './support/workspace';

const folder = 'python';

async function openScript(name: string, ...lines: string[]): Promise<vscode.TextDocument> {
  const uri = inWorkspace(folder, name);
  mkdirSync(inWorkspace(folder).fsPath, { recursive: true });
  writeFileSync(uri.fsPath, lines.join('\n'));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

describe('code lenses in Python', function () {
  this.timeout(120_000);

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('say what is in a model that a script exports, and fuse it at a click', async () => {
    copyFixture('models/repvgg.legacy.onnx', folder, 'net.onnx');
    const document = await openScript('export.py', 'import torch', 'torch.onnx.export(net, x, "net.onnx")');
    assert.deepEqual(await lensTitles(document.uri), [
      '1 1 reparam block',
      '1 Fuse branches',
      '1 Verify',
      '1 Show graph',
    ]);
    await clickLens('Fuse branches');
    await eventually(
      'the fused file',
      () => existsSync(inWorkspace(folder, 'net.fused.onnx').fsPath) || undefined,
    );
  });

  it('say that a model is not exported yet, and change when it is', async () => {
    const document = await openScript('later.py', 'import torch', 'torch.onnx.export(net, x, "late.onnx")');
    assert.deepEqual(await lensTitles(document.uri), ['1 not exported yet']);
    copyFixture('models/repvgg.legacy.onnx', folder, 'late.onnx');
    // on the screen, where nobody asks again
    await eventually('the lens of the model', async () => {
      const titles = await lensTitles(document.uri);
      return titles[0] === '1 1 reparam block' || undefined;
    });
    await clickLens('Show graph');
    rmSync(inWorkspace(folder, 'late.onnx').fsPath);
  });

  it('look in the workspace folders too, and leave f-strings and unreadable files be', async () => {
    copyFixture('models/repvgg.legacy.onnx', '', 'atRoot.onnx');
    writeFileSync(inWorkspace('weights.bin').fsPath, 'x');
    try {
      const document = await openScript(
        'load.py',
        'import onnxruntime as ort',
        's = ort.InferenceSession("atRoot.onnx")',
        't = ort.InferenceSession(f"{name}.onnx")',
        'torch.save(net, "weights.bin")',
      );
      assert.deepEqual(await lensTitles(document.uri), [
        '1 1 reparam block',
        '1 Fuse branches',
        '1 Verify',
        '1 Show graph',
        '3 RepLens does not read .bin files yet',
      ]);
    } finally {
      rmSync(inWorkspace('atRoot.onnx').fsPath);
      rmSync(inWorkspace('weights.bin').fsPath);
    }
  });

  it('verify a deploy form against the train form of the same script', async () => {
    copyFixture('pairs/ok_repvgg.train.onnx', folder, 'Conv.onnx');
    copyFixture('pairs/ok_repvgg.deploy.onnx', folder, 'Conv_deploy.onnx');
    const document = await openScript(
      'both.py',
      'torch.onnx.export(net, x, "Conv.onnx")',
      'torch.onnx.export(deploy, x, "Conv_deploy.onnx")',
    );
    const titles = await lensTitles(document.uri);
    assert.ok(titles.includes('1 Verify equivalence with Conv.onnx'), titles.join('\n'));
    const finished = nextVerification();
    const { original, result } = await withWasm(async () => {
      await clickLens('Verify equivalence with Conv.onnx');
      await quickInput();
      await bridge.press('Enter');
      return finished;
    });
    assert.ok(original.path.endsWith('/Conv.onnx'));
    assert.ok(result.ok && result.value.verdict === 'equivalent', JSON.stringify(result).slice(0, 500));
  });

  it('stand in notebook cells, where an earlier cell imports', async () => {
    copyFixture('models/repvgg.legacy.onnx', folder, 'cell.onnx');
    const cell = (source: string) => ({
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source,
    });
    const uri = inWorkspace(folder, 'export.ipynb');
    const language_info = { name: 'python' };
    writeFileSync(
      uri.fsPath,
      JSON.stringify({
        cells: [
          cell('%matplotlib inline\nfrom torch.onnx import export as ex'),
          cell('ex(net, x, "cell.onnx")'),
        ],
        metadata: {
          kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
          language_info,
        },
        nbformat: 4,
        nbformat_minor: 5,
      }),
    );
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const second = notebook.cellAt(1).document;
    assert.equal(second.languageId, 'python');
    assert.deepEqual(await lensTitles(second.uri), [
      '0 1 reparam block',
      '0 Fuse branches',
      '0 Verify',
      '0 Show graph',
    ]);
    await clickLens('Fuse branches');
    await eventually(
      'the fused file',
      () => existsSync(inWorkspace(folder, 'cell.fused.onnx').fsPath) || undefined,
    );
  });

  it('come with hints on the line of the export', async () => {
    copyFixture('refuse/reflect_branch.onnx', folder, 'miss.onnx');
    const document = await openScript('miss.py', '', 'torch.onnx.export(net, x, "miss.onnx")');
    const [hint] = await diagnosticsOf(document.uri);
    assert.ok(hint);
    assert.equal(codeOf(hint), 'padding-mode');
    assert.equal(hint.range.start.line, 1);
    assert.match(hint.message, /^miss\.onnx: /);
  });

  it('turn faults that a verification found into errors, until a file changes', async () => {
    const train = copyFixture('pairs/identity_dropped.train.onnx', folder, 'Bad.onnx');
    const other = copyFixture('pairs/identity_dropped.deploy.onnx', folder, 'Bad_deploy.onnx');
    const document = await openScript('bad.py', 'torch.onnx.export(net, x, "Bad.onnx")');
    const finished = nextVerification();
    const { result } = await withWasm(async () => {
      void startVerify(train, other);
      await quickInput();
      await bridge.press('Enter');
      return finished;
    });
    assert.ok(result.ok && result.value.verdict !== 'equivalent');
    const faults = result.value.blocks.flatMap(({ faults: all }) => all);
    assert.ok(faults.length > 0, JSON.stringify(result.value).slice(0, 800));
    const error = await eventually('an error', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .find(({ severity, source }) => source === 'RepLens' && severity === vscode.DiagnosticSeverity.Error),
    );
    assert.equal(codeOf(error), faults[0]?.kind);
    // its code in the Problems panel leads to its page
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await bridge.click({ selector: `.markers-panel a:has-text("${faults[0]?.kind ?? ''}")`, nth: 0 });
    await eventually('the page', () =>
      /faults\.md/.test(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '') ? true : undefined,
    );
    await vscode.commands.executeCommand('workbench.action.closePanel');
    copyFileSync(
      join(extension().extensionPath, 'test/fixtures/pairs/identity_dropped.train.onnx'),
      other.fsPath,
    );
    await eventually(
      'no error',
      () =>
        vscode.languages
          .getDiagnostics(document.uri)
          .every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error) || undefined,
    );
  });
});
