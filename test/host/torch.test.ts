import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { withPlace } from './support/fileDialogs';
import { clickLens, lensTitles } from './support/lenses';
import { chooseFromMenu, notifications, on, quickInput, shownReport } from './support/screens';
import { nextVerification, withWasm } from './support/verification';
import { eventually } from './support/eventually';
import { copyFixture, inWorkspace, tidy } from './support/workspace';

/** A row of the Explorer's tree. */
const row = (name: string) => ({
  selector: `.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`,
});
const isThere = (folder: string, name: string): Promise<true> =>
  eventually(name, () => existsSync(inWorkspace(folder, name).fsPath) || undefined);
/** The view type of the active editor. */
const activeEditor = (): string | undefined => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.viewType : undefined;
};
/** What the input box of VS Code says below its field. */
const inputMessage = (): Promise<string> => bridge.text({ selector: '.quick-input-message' });

describe('a PyTorch program (.pt2) in VS Code', function () {
  // a software adapter compiles shaders for seconds
  this.timeout(180_000);
  const folder = 'torch';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('opens by itself: blocks, fold, map and text', async () => {
    const model = copyFixture('torch/seed_dbb.pt2', folder, 'dbb.pt2');
    await vscode.commands.executeCommand('vscode.open', model);
    await bridge.waitFor(on('editor', 'branch-graph'));
    assert.equal(activeEditor(), 'replens.model');
    assert.equal(await bridge.attribute(on('editor', 'block'), 'data-status'), 'fusable');
    const header = await bridge.text({ ...on('editor', 'model-name'), selector: '.header .title' });
    assert.match(header, /dbb\.pt2/);
    assert.match(header, /PyTorch Program · PyTorch 2\.13/);
    assert.equal(await bridge.count(on('editor', 'set-shapes')), 0, 'it says its own shapes');
    await bridge.click(on('editor', 'tab-fold'));
    await bridge.waitFor(on('editor', 'fold'));
    await bridge.click(on('editor', 'screen-map'));
    await bridge.waitFor({ ...on('editor', 'map'), selector: 'canvas[data-frame]' });
    await vscode.commands.executeCommand('replens.openText', model);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'onnx-text');
    assert.match(document.getText(), /Conv/);
    const titles = await lensTitles(document.uri);
    assert.ok(
      titles.some((title) => title.includes('Fuse')),
      titles.join('\n'),
    );
  });

  it('is read again when it is written over', async () => {
    const model = copyFixture('torch/repvgg.pt2', folder, 'net.pt2');
    await vscode.commands.executeCommand('vscode.open', model);
    await bridge.waitFor(on('editor', 'branch-graph'));
    copyFixture('torch/seed_dbb.pt2', folder, 'net.pt2');
    await eventually('the other model', async () =>
      (await bridge.text({ ...on('editor', 'block'), nth: 0 })).includes('DBB') ? true : undefined,
    );
  });

  it('is fused from the context menu of the Explorer, and verified on WebGPU', async () => {
    const model = copyFixture('torch/repvgg.pt2', folder);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('revealInExplorer', model);
    await bridge.click(row('repvgg.pt2'), { button: 'right' });
    await chooseFromMenu('Fuse Branches');
    await isThere(folder, 'repvgg.fused.pt2');
    await eventually(
      'the offer',
      async () =>
        (await notifications()).sentences.some((text) => text.startsWith('Fused 1 block')) || undefined,
    );
    const finished = nextVerification();
    await vscode.commands.executeCommand('vscode.open', model);
    await bridge.click(on('editor', 'verify'));
    const { original, fused, result } = await finished;
    assert.deepEqual(
      [original.path, fused.path].map((path) => path.replace(/.*\//, '')),
      ['repvgg.pt2', 'repvgg.fused.pt2'],
    );
    assert.ok(result.ok, JSON.stringify(result));
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent', shown.reason);
    assert.equal(shown.provider, 'webgpu', shown.reason);
  });

  it('is fused into ONNX where the person says so', async () => {
    const model = copyFixture('torch/repvgg.pt2', folder);
    const place = inWorkspace(folder, 'small.onnx');
    const [asked] = await withPlace(place, () => vscode.commands.executeCommand('replens.fuseAs', model));
    assert.deepEqual(asked?.filters, { 'PyTorch Program': ['pt2'], ONNX: ['onnx'] });
    assert.equal(asked.defaultUri?.path, inWorkspace(folder, 'repvgg.fused.pt2').path);
    const verified = nextVerification();
    await withWasm(async () => vscode.commands.executeCommand('replens.verify', model, [model, place]));
    const { result } = await verified;
    assert.ok(result.ok && result.value.verdict === 'equivalent', JSON.stringify(result).slice(0, 500));
  });

  it('is compared with, explained against and timed with what was made of it', async () => {
    const model = copyFixture('torch/repvgg.pt2', folder);
    await vscode.commands.executeCommand('replens.fuse', model, [model]);
    const fused = inWorkspace(folder, 'repvgg.fused.pt2');
    await withWasm(async () => {
      const explained = nextVerification();
      // whichever comes first
      await vscode.commands.executeCommand('replens.explain', fused, [fused, model]);
      const { original, result } = await explained;
      assert.equal(original.path, model.path);
      assert.ok(result.ok && result.value.verdict === 'equivalent', JSON.stringify(result).slice(0, 500));
      await bridge.waitFor(on('compare', 'compare'));
      assert.match(await bridge.text(on('compare', 'compare-summary')), /, 0 different/);
      await vscode.commands.executeCommand('notifications.clearAll');
      await vscode.commands.executeCommand('replens.bench', model, [model, fused]);
      const { sentences } = await notifications();
      assert.ok(
        sentences.some((text) => /faster|slower|times as fast/i.test(text)),
        sentences.join('\n'),
      );
    });
  });

  it('has its lenses in Python', async () => {
    copyFixture('torch/repvgg.pt2', folder, 'net.pt2');
    copyFixture('torch/files/checkpoint.pt', folder, 'weights.pt');
    copyFixture('torch/files/scripted.pt', folder, 'script.pt');
    const script = inWorkspace(folder, 'export.py');
    const lines = [
      'import torch',
      'torch.export.save(torch.export.export(net, (x,)), "net.pt2")',
      'torch.save(net.state_dict(), "weights.pt")',
      's = torch.jit.load("script.pt")',
    ];
    writeFileSync(script.fsPath, lines.join('\n'));
    const document = await vscode.workspace.openTextDocument(script);
    await vscode.window.showTextDocument(document, { preview: false });
    const titles = await lensTitles(document.uri);
    assert.deepEqual(
      titles.filter((title) => /blocks?$/.test(title)),
      ['1 1 reparam block', '3 1 reparam block'],
    );
    assert.ok(!titles.some((title) => title.startsWith('2 ')), 'a checkpoint has no lens');
    await clickLens('Fuse branches');
    await isThere(folder, 'net.fused.pt2');
  });
});

describe('TorchScript (.pt) in VS Code', function () {
  this.timeout(120_000);
  const folder = 'script';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('is an option of Reopen Editor With, and has the menus of the editor there', async () => {
    const model = copyFixture('torch/repvgg.torchscript.pt', folder, 'net.pt');
    await vscode.commands.executeCommand('vscode.open', model);
    assert.equal(activeEditor(), undefined, 'it is not taken by itself');
    const choosing = vscode.commands.executeCommand('workbench.action.reopenWithEditor');
    await bridge.waitFor({ selector: '.quick-input-widget .monaco-list-row:has-text("RepLens Model")' });
    await bridge.click({ selector: '.quick-input-widget .monaco-list-row:has-text("RepLens Model")' });
    await choosing;
    await bridge.waitFor(on('editor', 'branch-graph'));
    assert.equal(activeEditor(), 'replens.model.option');
    await bridge.click(on('editor', 'block'), { button: 'right' });
    await chooseFromMenu('Fuse Branches of This Block');
    await isThere(folder, 'net.fused.onnx');
  });

  it('takes shapes that a person gives, checks them while they are typed, and remembers them', async () => {
    const model = copyFixture('torch/files/scripted.pt', folder, 'net.pt');
    await vscode.commands.executeCommand('replens.openModel', model);
    await bridge.waitFor(on('editor', 'branch-graph'));
    const inputs = { ...on('editor', 'model-name'), selector: '.facts .fact', nth: 0 };
    assert.match(await bridge.text(inputs), /batch×3×height×width/);
    await bridge.click(on('editor', 'set-shapes'));
    assert.equal(await quickInput(), 'Input shapes of net.pt');
    const field = { selector: '.quick-input-box input' };
    await bridge.fill(field, 'x = 1, 4, 8, 8');
    await eventually('the model’s own sentence', async () =>
      (await inputMessage()).includes('wants 3 channels') ? true : undefined,
    );
    await bridge.screenshot('shapes-wrong');
    await bridge.fill(field, 'image = 1, 3, 8, 8');
    await eventually('the names of the inputs', async () =>
      (await inputMessage()).includes('The model has no input "image"; it has x.') ? true : undefined,
    );
    await bridge.fill(field, 'x = 1, 3, 48, 40');
    await eventually('no sentence', async () =>
      (await inputMessage()).includes('TorchScript says no shapes.') ? true : undefined,
    );
    await bridge.press('Enter');
    await eventually('the shapes', async () =>
      (await bridge.text(inputs)).includes('1×3×48×40') ? true : undefined,
    );
    await bridge.screenshot('shapes-given');

    // whatever reads the file takes them, and no question is left for a verification
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('replens.openText', model);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /float\[1,3,48,40\] x/);
    await vscode.commands.executeCommand('replens.fuse', model, [model]);
    const finished = nextVerification();
    await withWasm(async () => vscode.commands.executeCommand('replens.verifyBeside', model));
    const { result } = await finished;
    assert.ok(result.ok && result.value.verdict === 'equivalent', JSON.stringify(result).slice(0, 500));
    assert.match(result.value.reason, /x 1×3×48×40/);

    // empty: those of the file again
    await vscode.commands.executeCommand('replens.openModel', model);
    await bridge.waitFor(on('editor', 'branch-graph'));
    const asking = vscode.commands.executeCommand('replens.setShapes');
    await quickInput();
    await bridge.fill(field, '');
    await bridge.press('Enter');
    await asking;
    await eventually('open sizes', async () =>
      (await bridge.text(inputs)).includes('batch×3×height×width') ? true : undefined,
    );
  });

  it('asks for shapes where nothing can be shown without them', async () => {
    const model = copyFixture('torch/files/sized.pt', folder);
    await vscode.commands.executeCommand('replens.openModel', model);
    await bridge.waitFor(on('editor', 'failed'));
    assert.match(
      await bridge.text(on('editor', 'failed')),
      /^sized\.pt can’t be shown\s+code\/\S+:\d+:\d+: what is computed here depends on sizes that are not known/,
    );
    await bridge.screenshot('shapes-needed');
    await bridge.click(on('editor', 'set-shapes'));
    await quickInput();
    await bridge.fill({ selector: '.quick-input-box input' }, 'image = 1, 4, 24, 24');
    await eventually('the name of the input', async () =>
      (await inputMessage()).includes('it has x.') ? true : undefined,
    );
    await bridge.fill({ selector: '.quick-input-box input' }, 'x = 1, 4, 24, 24');
    await eventually('no sentence', async () =>
      (await inputMessage()).includes('TorchScript says no shapes.') ? true : undefined,
    );
    await bridge.press('Enter');
    await bridge.waitFor(on('editor', 'branch-graph'));
  });

  it('says what a file is that is none, and what to do', async () => {
    const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
    const files = [
      ['module.pt', /whole pickled module .* export the model with torch\.export\.save/],
      [
        'before16.pt',
        /form of PyTorch before 1\.6; load it with torch\.load and save it again with torch\.save/,
      ],
      ['lfs.pt2', /Git LFS pointer, not the file itself; run "git lfs pull"/],
      ['page.pth', /web page, not the file itself; download it again/],
    ] as const;
    for (const [name, sentence] of files) {
      await tidy(folder);
      const uri = /module|before/.test(name)
        ? copyFixture(`torch/files/${name}`, folder)
        : copyFixture('torch/files/checkpoint.pt', folder, name);
      if (name === 'lfs.pt2') writeFileSync(uri.fsPath, lfs);
      if (name === 'page.pth') writeFileSync(uri.fsPath, '<!DOCTYPE html><html><body>Sign in</body></html>');
      await vscode.commands.executeCommand('replens.openModel', uri);
      await bridge.waitFor(on('editor', 'failed'));
      assert.match((await bridge.text(on('editor', 'failed'))).replace(/\s+/g, ' '), sentence, name);
      if (name === 'module.pt') await bridge.screenshot('failed-module');
    }
  });

  it('is read whatever its ending says', async () => {
    const onnx = copyFixture('models/repvgg.legacy.onnx', folder, 'really-onnx.pt');
    await vscode.commands.executeCommand('replens.openModel', onnx);
    await bridge.waitFor(on('editor', 'branch-graph'));
    const program = copyFixture('torch/repvgg.pt2', folder, 'really-pt2.onnx');
    await vscode.commands.executeCommand('replens.openModel', program);
    await bridge.waitFor(on('editor', 'branch-graph'));
  });

  it('of a training is left out where a folder is fused, and of a script is not', async () => {
    copyFixture('torch/files/checkpoint.pt', folder, 'epoch1.pt');
    copyFixture('torch/repvgg.torchscript.pt', folder, 'net.pt');
    copyFixture('torch/acnet.pt2', folder, 'other.pt2');
    const uri = inWorkspace(folder);
    await vscode.commands.executeCommand('replens.fuse', uri, [uri]);
    const { sentences } = await notifications();
    assert.ok(sentences.includes('Fused 2 of 2 models.'), sentences.join('\n'));
  });
});
