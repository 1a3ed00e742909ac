import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { bridge, type Target } from './support/bridge';
import { eventually } from './support/eventually';
import { copyFixture, extension, inWorkspace, tidy } from './support/workspace';

const MODEL_MIME = 'application/vnd.replens.model+json';

/** An element of the first output of ours that has it. */
const inOutput = (testId: string, rest = ''): Target => ({
  webview: '[data-replens]',
  selector: `[data-testid="${testId}"]${rest}`,
  nth: 0,
});

interface Cell {
  readonly cell_type: string;
  readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
}

const sample = (): { readonly cells: readonly Cell[] } =>
  JSON.parse(readFileSync(join(extension().extensionPath, 'samples', 'reparam.ipynb'), 'utf8')) as {
    readonly cells: readonly Cell[];
  };

let notebooks = 0;

/** A saved notebook whose cells have these outputs, opened without a kernel. */
async function openNotebook(
  folder: string,
  outputs: readonly Readonly<Record<string, unknown>>[],
): Promise<vscode.NotebookEditor> {
  const cells = outputs.map((data) => ({
    ...{ cell_type: 'code', execution_count: 1, metadata: {}, source: ['model'] },
    outputs: [{ output_type: 'display_data', metadata: {}, data }],
  }));
  mkdirSync(inWorkspace(folder).fsPath, { recursive: true });
  // a name of its own: VS Code may still hold the one of the test before
  const uri = inWorkspace(folder, `outputs${++notebooks}.ipynb`);
  writeFileSync(uri.fsPath, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  return show(uri);
}

async function show(uri: vscode.Uri): Promise<vscode.NotebookEditor> {
  return vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
}

/** Notes which workers of the notebook's page start and end from now on. */
function watchWorkers(): Promise<void> {
  return bridge.evaluate({ webview: '[data-replens]' }, () => {
    const page = window as unknown as { started: number; ended: number; Worker: typeof Worker };
    page.started = 0;
    page.ended = 0;
    // those that are there already are of this class
    const Original = Worker;
    page.Worker = class extends Original {
      constructor(...given: ConstructorParameters<typeof Original>) {
        super(...given);
        page.started += 1;
      }
    };
    const { terminate } = Original.prototype;
    Original.prototype.terminate = function (this: Worker) {
      page.ended += 1;
      terminate.call(this);
    };
  });
}

function workersSince(): Promise<{ readonly started: number; readonly ended: number }> {
  return bridge.evaluate({ webview: 'body:has(#container)' }, () => {
    const { started, ended } = window as unknown as { started: number; ended: number };
    return { started, ended };
  });
}

describe('notebook outputs', () => {
  const folder = 'notebook';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('shows the sample without a kernel; Fuse writes beside it, Verify says Equivalent on WebGPU', async function () {
    this.timeout(180_000);
    const uri = inWorkspace(folder, 'reparam.ipynb');
    mkdirSync(inWorkspace(folder).fsPath, { recursive: true });
    copyFileSync(join(extension().extensionPath, 'samples', 'reparam.ipynb'), uri.fsPath);
    const editor = await show(uri);
    const index = sample().cells.findIndex(({ outputs }) =>
      outputs?.some(({ data }) => data?.[MODEL_MIME] !== undefined),
    );
    editor.revealRange(new vscode.NotebookRange(index, index + 1), vscode.NotebookEditorRevealType.AtTop);
    await bridge.waitFor(inOutput('branch-graph'));
    assert.match(await bridge.text(inOutput('model-name')), /^repvgg_block\.onnx/);
    assert.equal(await bridge.count({ webview: '[data-replens]', selector: '[data-testid="block"]' }), 2);
    await bridge.click(inOutput('fuse-all'));
    await bridge.waitFor(inOutput('saved'));
    const fused = inWorkspace(folder, 'repvgg_block.fused.onnx').fsPath;
    assert.ok(existsSync(fused));
    const before = editor.notebook.isDirty;
    await watchWorkers();
    await bridge.click(inOutput('verify'));
    await bridge.waitFor({ ...inOutput('adapter'), timeout: 120_000 });
    assert.equal(await bridge.attribute(inOutput('verdict'), 'data-verdict'), 'equivalent');
    assert.equal(await bridge.attribute(inOutput('provider'), 'data-provider'), 'webgpu');
    assert.match(await bridge.text(inOutput('adapter')), /swiftshader/i);
    assert.equal(editor.notebook.isDirty, before);
    // the runner of the verification has ended; the reader of models is there until its outputs go
    assert.deepEqual(await workersSince(), { started: 1, ended: 1 });
    await vscode.commands.executeCommand('notebook.clearAllCellsOutputs');
    await eventually('the end of the reader', async () =>
      (await workersSince()).ended === 2 ? true : undefined,
    );
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('shows fifty outputs with one reader of models, each drawn when it comes into sight', async () => {
    const bytes = readFileSync(copyFixture('models/acnet.legacy.onnx', folder).fsPath).toString('base64');
    const names = Array.from({ length: 50 }, (_, index) => `net${index}.onnx`);
    const editor = await openNotebook(
      folder,
      names.map((name) => ({ [MODEL_MIME]: { name, format: 'onnx', bytes } })),
    );
    await bridge.waitFor(inOutput('branch-graph'));
    await watchWorkers();
    const named = (name: string): Target => inOutput('model-name', `:has-text("${name}")`);
    assert.equal(await bridge.count(named('net49')), 0);
    editor.revealRange(new vscode.NotebookRange(49, 50), vscode.NotebookEditorRevealType.AtTop);
    await bridge.waitFor(named('net49'));
    assert.deepEqual(await workersSince(), { started: 0, ended: 0 });
    await vscode.commands.executeCommand('notebook.clearAllCellsOutputs');
    await eventually('the end of the reader', async () =>
      (await workersSince()).ended === 1 ? true : undefined,
    );
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('draws a model beside the notebook from what the extension reads, and opens it', async () => {
    const model = copyFixture('models/acnet.legacy.onnx', folder);
    await openNotebook(folder, [
      { [MODEL_MIME]: { name: 'acnet.onnx', format: 'onnx', path: 'acnet.legacy.onnx' } },
    ]);
    await bridge.waitFor(inOutput('branch-graph'));
    await bridge.click(inOutput('open-editor'));
    await eventually('the model editor', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.uri.fsPath === model.fsPath ? true : undefined;
    });
  });

  it('draws checkpoints, from their file and from the output, and saves what it fuses with the ending of their kind', async () => {
    const weights = copyFixture('checkpoints/repvgg.safetensors', folder, 'net.safetensors');
    const bytes = readFileSync(copyFixture('checkpoints/training.pth', folder).fsPath).toString('base64');
    const editor = await openNotebook(folder, [
      { [MODEL_MIME]: { name: 'last.ckpt', format: 'checkpoint', bytes } },
      { [MODEL_MIME]: { name: 'net.safetensors', format: 'checkpoint', path: 'net.safetensors' } },
    ]);
    const from = (name: string, testId: string): Target => ({
      webview: '[data-replens]',
      selector: `[data-replens]:has([data-testid="model-name"]:has-text("${name}")) [data-testid="${testId}"]`,
    });
    await bridge.waitFor(from('last.ckpt', 'branch-graph'));
    await bridge.click(from('last.ckpt', 'fuse-all'));
    await bridge.waitFor(from('last.ckpt', 'saved'));
    assert.ok(existsSync(inWorkspace(folder, 'last.fused.ckpt').fsPath));
    await bridge.screenshot('notebook-checkpoint');
    editor.revealRange(new vscode.NotebookRange(1, 2), vscode.NotebookEditorRevealType.AtTop);
    await bridge.waitFor(from('net.safetensors', 'branch-graph'));
    assert.match(await bridge.text(from('net.safetensors', 'assumptions-file')), /BN eps 1e-5 is RepVGG's/);
    await bridge.click(from('net.safetensors', 'open-editor'));
    await eventually('the model editor', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.uri.fsPath === weights.fsPath ? true : undefined;
    });
  });

  it('opens no file outside of the notebook’s folder and the workspace', async () => {
    const path = `${'../'.repeat(20)}etc/hostname.onnx`;
    await openNotebook(folder, [{ [MODEL_MIME]: { name: 'x.onnx', format: 'onnx', path } }]);
    // the page of the notebook before may be there a little longer
    const refused = inOutput('failed', ':has-text("not in the folder of the notebook")');
    await bridge.waitFor(refused);
    assert.match(await bridge.text(refused), /^x\.onnx/);
  });

  it('puts the helper into the active notebook, as it is in samples', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'print(1)', 'python'),
    ]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('replens.insertNotebookHelper');
    assert.equal(notebook.cellCount, 2);
    const helper = readFileSync(join(extension().extensionPath, 'samples', 'replens_helper.py'), 'utf8');
    assert.equal(notebook.cellAt(0).document.getText().replace(/\r/g, ''), helper);
    assert.equal(notebook.cellAt(0).document.languageId, 'python');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
