import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { channelModel, tampered } from './support/models';
import { notifications, on, quickInput, shownReport } from './support/screens';
import { nextVerification, startVerify } from './support/verification';
import { eventually } from './support/eventually';
import { copyFixture, inWorkspace, tidy, writeModel } from './support/workspace';

describe('Verify on WebGPU', function () {
  // a software adapter compiles shaders for seconds
  this.timeout(180_000);
  const folder = 'verify';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('opens a model, shows its blocks, fuses it, and measures the result on the GPU', async () => {
    const source = copyFixture('models/repvgg.legacy.onnx', folder);
    const original = readFileSync(source.fsPath);
    const fused = inWorkspace(folder, 'repvgg.legacy.fused.onnx');
    await vscode.commands.executeCommand('vscode.open', source);
    await bridge.waitFor(on('editor', 'block'));
    assert.equal(await bridge.attribute(on('editor', 'block'), 'data-block-id'), 'b0');
    assert.equal(await bridge.attribute(on('editor', 'block'), 'data-status'), 'fusable');
    assert.match(await bridge.text(on('editor', 'model-name')), /repvgg\.legacy\.onnx/);
    assert.match(await bridge.text(on('editor', 'gpu')), /swiftshader/i);
    await bridge.waitFor(on('editor', 'branch-graph'));

    await vscode.commands.executeCommand('replens.fuse', source, [source]);
    assert.deepEqual(readFileSync(source.fsPath), original, 'the source is never touched');
    assert.ok(existsSync(fused.fsPath));
    const offer = await notifications();
    assert.match(offer.sentences.join('\n'), /Fused 1 block, 6 → 2 nodes: repvgg\.legacy\.fused\.onnx/);
    for (const action of ['Open', 'Verify', 'Compare']) assert.ok(offer.buttons.includes(action), action);

    const finished = nextVerification();
    await bridge.click(on('editor', 'verify'));
    assert.match(await quickInput(), /Sizes/);
    assert.equal(
      await bridge.evaluate(
        {},
        () => document.querySelector<HTMLInputElement>('.quick-input-box input')?.value ?? '',
      ),
      'N = 1',
    );
    await bridge.type('N = 2');
    await bridge.press('Enter');
    const { result } = await finished;
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent');
    assert.equal(shown.provider, 'webgpu');
    assert.match(shown.adapter, /swiftshader/i);
    assert.match(shown.reason, /x 2×12×14×14/, 'at the size that was asked for');
    assert.ok(result.ok && result.value.adapter === shown.adapter);
    assert.equal(await bridge.attribute(on('editor', 'verdict'), 'data-verdict'), 'equivalent');
    await vscode.commands.executeCommand('notifications.clearAll');
    await bridge.screenshot('report-equivalent');
  });

  it('sees a tampered fused model fail, though its editor is closed and the report hidden meanwhile', async () => {
    const source = copyFixture('models/seed_repcpe.legacy.onnx', folder);
    await vscode.commands.executeCommand('replens.fuse', source, [source]);
    const fused = inWorkspace(folder, 'seed_repcpe.legacy.fused.onnx');
    writeFileSync(fused.fsPath, tampered(readFileSync(fused.fsPath)));
    await vscode.commands.executeCommand('vscode.open', source);
    const finished = nextVerification();
    const verified = startVerify(source, fused);
    await quickInput();
    await bridge.press('Enter');
    await bridge.waitFor(on('report', 'cancel'));
    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const note = writeModel(new TextEncoder().encode('in front of the report'), folder, 'note.txt');
    for (const { group } of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs))
      await vscode.window.showTextDocument(note, { viewColumn: group.viewColumn });
    const { result } = await finished;
    await verified;
    assert.ok(result.ok);
    assert.equal(result.value.verdict, 'not-equivalent');
    await startReveal();
    assert.equal((await shownReport()).verdict, 'not-equivalent');
    await bridge.screenshot('report-different');
    const { sentences } = await notifications();
    assert.match(sentences.join('\n'), /Not equivalent\. Block b0 differs/);
  });

  it('blames the WebGPU backend where it miscomputes the original, and judges by wasm', async () => {
    // onnxruntime-web 1.30 miscomputes 3×3 convolutions from 6 to 8 channels
    const source = writeModel(channelModel(6, 8), folder, 'six-to-eight.onnx');
    await vscode.commands.executeCommand('replens.fuse', source, [source]);
    await startVerify(source, inWorkspace(folder, 'six-to-eight.fused.onnx'));
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent');
    assert.equal(shown.provider, 'wasm');
    assert.match(
      shown.reason,
      /WebGPU \(.*swiftshader.*\) backend differs from wasm on the original model itself/i,
    );
  });

  for (const [screen, where] of [
    ['report', 'in the report'],
    ['editor', "in the model's editor"],
  ] as const) {
    it(`ends within a second when Cancel is pressed ${where}`, async () => {
      const source = copyFixture('models/repvgg_stride2.legacy.onnx', folder);
      await vscode.commands.executeCommand('replens.fuse', source, [source]);
      await vscode.commands.executeCommand('vscode.open', source);
      const finished = nextVerification();
      const verified = startVerify(source, inWorkspace(folder, 'repvgg_stride2.legacy.fused.onnx'));
      await quickInput();
      await bridge.press('Enter');
      await eventually('the run to be under way', async () =>
        (await bridge.count({ ...on('report', 'cancel') })) === 1 ? true : undefined,
      );
      await bridge.waitFor(on(screen, 'cancel'));
      const ended = finished.then((end) => ({ ...end, at: Date.now() }));
      // pressed in the page itself: the bridge's own way there is not what is measured
      const pressed = await bridge.evaluate(on(screen, 'cancel'), () => {
        document.querySelector<HTMLButtonElement>('[data-testid="cancel"]')?.click();
        return Date.now();
      });
      const { result, at } = await ended;
      const took = at - pressed;
      console.log(`  cancelled ${where} within ${took} ms`);
      await verified;
      assert.ok(!result.ok && result.problem.code === 'cancelled');
      assert.ok(took < 1000, `it took ${took} ms`);
    });
  }
});

/** Brings the report to the front again. */
async function startReveal(): Promise<void> {
  const tab = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs.map((each, index) => ({ group, each, index })))
    .find(({ each }) => each.label === 'RepLens Report');
  assert.ok(tab, 'the report is still there');
  await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
  for (let i = 1; i < tab.group.viewColumn; i++)
    await vscode.commands.executeCommand('workbench.action.focusNextGroup');
  await vscode.commands.executeCommand('workbench.action.openEditorAtIndex', tab.index);
}
