import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { withPlace } from './support/fileDialogs';
import { channelModel, tampered } from './support/models';
import { on } from './support/screens';
import { nextVerification } from './support/verification';
import { eventually } from './support/eventually';
import { extension, inWorkspace, tidy, writeModel } from './support/workspace';

describe('a model on the disk', function () {
  this.timeout(120_000);
  const folder = 'disk';
  let source: vscode.Uri;

  beforeEach(async () => {
    await tidy(folder);
    source = writeModel(channelModel(4, 4), folder, 'kept.onnx');
    await vscode.commands.executeCommand('vscode.open', source);
    await bridge.waitFor(on('editor', 'branch-graph'));
  });
  after(() => tidy(folder));

  it('is shown as it is now: its blocks, and no verdict on what was there before', async () => {
    const fused = inWorkspace(folder, 'kept.fused.onnx');
    const verdict = async (): Promise<string | null> => {
      const finished = nextVerification();
      // as from the editor of the merged model, whose source lies beside it
      await vscode.commands.executeCommand('replens.verifyBeside', fused);
      await finished;
      return bridge.attribute(on('editor', 'verdict'), 'data-verdict');
    };
    const gone = (): Promise<true> =>
      eventually('the verdict to be gone', async () =>
        (await bridge.count(on('editor', 'verdict'))) === 0 ? true : undefined,
      );
    await vscode.commands.executeCommand('replens.fuse', source, [source]);
    assert.equal(await verdict(), 'equivalent');
    writeFileSync(fused.fsPath, tampered(readFileSync(fused.fsPath)));
    await gone();
    assert.equal(await verdict(), 'not-equivalent');

    const other = join(extension().extensionPath, 'test', 'fixtures', 'pairs', 'ok_repvgg.train.onnx');
    copyFileSync(other, source.fsPath);
    await bridge.waitFor(on('editor', 'block', '[data-block-id="b1"]'));
    await gone();
    await bridge.click(on('editor', 'block', '[data-block-id="b1"]'));
    await bridge.waitFor(on('editor', 'branch-graph', '[data-block-id="b1"]'));

    rmSync(source.fsPath);
    await bridge.waitFor(on('editor', 'failed'));
    assert.match(await bridge.text(on('editor', 'failed')), /kept\.onnx/);
    assert.equal(await bridge.count(on('editor', 'block')), 0);
  });

  it('gives pictures of its fold', async () => {
    await bridge.click(on('editor', 'tab-fold'));
    await bridge.waitFor(on('editor', 'fold-picture'));
    const place = (format: string): vscode.Uri => inWorkspace(folder, `fold.${format}`);
    for (const format of ['svg', 'png']) {
      const [asked] = await withPlace(place(format), async () => {
        await bridge.click(on('editor', `save-${format}`));
        await eventually(`the ${format}`, () => existsSync(place(format).fsPath) || undefined);
      });
      assert.equal(asked?.defaultUri?.path, inWorkspace(folder, `kept.b0.fold.${format}`).path);
    }
    const svg = readFileSync(place('svg').fsPath, 'utf8');
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.match(svg, />Conv/);
    assert.doesNotMatch(svg, /var\(--|class=/, 'it needs no style sheet of VS Code');
    assert.deepEqual([...readFileSync(place('png').fsPath).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  });

  it('has our icon in the Explorer', async () => {
    await vscode.commands.executeCommand('revealInExplorer', source);
    const label = {
      selector: '.explorer-folders-view .monaco-list-row[aria-label^="kept.onnx"] .monaco-icon-label',
    };
    await bridge.waitFor(label);
    assert.match((await bridge.attribute(label, 'class')) ?? '', /\bonnx-lang-file-icon\b/);
    const icon = await bridge.evaluate(
      {},
      (selector) => getComputedStyle(document.querySelector(selector)!, '::before').backgroundImage,
      label.selector,
    );
    assert.match(icon, /onnx-file\.svg/);
  });
});
