import * as vscode from 'vscode';
import type { RepLensApi } from '../../../src/extension';
import { bridge } from '../support/bridge';
import { notifications, on, quickInput, shownReport } from '../support/screens';
import { eventually } from '../support/eventually';
import { assert, bytesOf, extension, inWorkspace, removeFolder } from './support';

/** A file holds the very bytes that the command line wrote for this model. */
async function isAsExpected(file: vscode.Uri, model: string): Promise<void> {
  const written = await bytesOf(file);
  const expected = await bytesOf(inWorkspace('expected', `${model}.bytes`));
  assert(written.length > 0 && written.length === expected.length, `${written.length} bytes`);
  assert(
    written.every((byte, place) => byte === expected[place]),
    'byte for byte',
  );
}

/** What the next verification finds; subscribes before anything else runs. */
function nextVerdict(): Promise<string> {
  const { onDidVerify } = extension<RepLensApi>().exports;
  return new Promise((settle) => {
    const subscription = onDidVerify(({ result }) => {
      subscription.dispose();
      settle(result.ok ? result.value.verdict : result.problem.message);
    });
  });
}

describe('the web host', function () {
  this.timeout(120_000);
  const folder = 'models';
  const source = (): vscode.Uri => inWorkspace(folder, 'net.onnx');
  const fused = (): vscode.Uri => inWorkspace(folder, 'net.fused.onnx');

  // the runner puts net.onnx there, and beside it, in another folder, what the command line fuses it into
  after(() => removeFolder(folder));

  it('has no Node, and starts nothing before a model is opened', async () => {
    assert(vscode.env.uiKind === vscode.UIKind.Web, 'a browser shows it');
    assert(!('process' in globalThis) || typeof globalThis.process.versions?.node !== 'string', 'no Node');
    const api = await extension<RepLensApi>().activate();
    assert(!api.threadStarted(), 'no worker yet');
  });

  it('opens a model and shows its block', async () => {
    await vscode.commands.executeCommand('vscode.open', source());
    await bridge.waitFor(on('editor', 'block'));
    assert((await bridge.count(on('editor', 'block'))) === 1, 'one block');
    const api = await extension<RepLensApi>().activate();
    assert(api.threadStarted(), 'a web worker reads it');
  });

  it('fuses it through the workspace’s file system, into the very bytes of the command line', async () => {
    await vscode.commands.executeCommand('replens.fuse', source(), [source()]);
    await isAsExpected(fused(), 'net.onnx');
    const names = (await vscode.workspace.fs.readDirectory(inWorkspace(folder))).map(([name]) => name).sort();
    const all = 'net.fused.onnx,net.onnx,program.pt2';
    assert(names.join() === all, `nothing else is left: ${names.join()}`);
    const { sentences } = await notifications();
    assert(
      sentences.some((text) => text.startsWith('Fused 1 block')),
      sentences.join(),
    );
  });

  it('verifies the two in the report', async () => {
    const finished = nextVerdict();
    const verifying = vscode.commands.executeCommand('replens.verify', source(), [source(), fused()]);
    // the model leaves its batch open
    assert((await quickInput()) === 'Sizes to verify with', 'the question for the sizes');
    await bridge.press('Enter');
    await verifying;
    assert((await finished) === 'equivalent', await finished);
    const shown = await shownReport();
    assert(shown.verdict === 'equivalent', `${shown.verdict}`);
    assert(shown.provider === 'webgpu', `${shown.provider}: ${shown.reason}`);
    await bridge.screenshot('web host report');
  });

  it('runs a pair of the Test Explorer in the report too', async () => {
    // a CPU that plays the GPU would take a while
    await vscode.workspace.getConfiguration('replens').update('verify.provider', 'wasm', true);
    const { pairs } = await extension<RepLensApi>().activate();
    const told = new Promise<string>((settle) => {
      const subscription = pairs.onDidTell(({ label, outcome }) => {
        subscription.dispose();
        settle(`${label} ${outcome}`);
      });
    });
    await vscode.commands.executeCommand('testing.runAll');
    assert((await told) === 'net.onnx → net.fused.onnx passed', await told);
  });

  it('opens a PyTorch program and fuses it into the very bytes of the command line', async () => {
    const program = inWorkspace(folder, 'program.pt2');
    await vscode.commands.executeCommand('vscode.open', program);
    await bridge.waitFor({ ...on('editor', 'block'), nth: 0 });
    await vscode.commands.executeCommand('replens.fuse', program, [program]);
    await isAsExpected(inWorkspace(folder, 'program.fused.pt2'), 'program.pt2');
  });

  for (const [file, fusedFile] of [
    ['net.safetensors', 'net.fused.safetensors'],
    ['training.pth', 'training.fused.pth'],
  ] as const)
    it(`opens a checkpoint, fuses it into the very bytes of the command line, and verifies it: ${file}`, async () => {
      const checkpoint = inWorkspace('weights', file);
      await vscode.commands.executeCommand('vscode.openWith', checkpoint, 'replens.model.option');
      await bridge.waitFor(on('editor', 'assumptions-file'));
      assert((await bridge.count(on('editor', 'screen-map'))) === 0, 'no map');
      await vscode.commands.executeCommand('replens.fuse', checkpoint, [checkpoint]);
      const merged = inWorkspace('weights', fusedFile);
      await isAsExpected(merged, file);
      const finished = nextVerdict();
      await vscode.commands.executeCommand('replens.verify', checkpoint, [checkpoint, merged]);
      assert((await finished) === 'equivalent', await finished);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

  it('reads a model whose weights lie in a file beside it, as text', async () => {
    await vscode.commands.executeCommand('replens.openText', inWorkspace('external', 'external.onnx'));
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert(text.includes('ir_version'), text.slice(0, 200));
  });

  it('has its lenses in Python', async () => {
    const script = inWorkspace(folder, 'train.py');
    const text = 'import torch\ntorch.onnx.export(model, x, "net.onnx")\n';
    await vscode.workspace.fs.writeFile(script, new TextEncoder().encode(text));
    await vscode.window.showTextDocument(script);
    const titles = await eventually('the lens', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        script,
      );
      return lenses.length > 0 ? lenses.map(({ command }) => command?.title ?? '') : undefined;
    });
    assert(titles[0] === '1 reparam block', titles.join());
  });

  it('opens a sample from its own storage', async () => {
    await vscode.commands.executeCommand('replens.openSample');
    await bridge.waitFor({ ...on('editor', 'block'), nth: 0 });
  });
});
