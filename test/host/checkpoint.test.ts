import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { choosePick, chooseFromMenu, notifications, on, quickInput, shownReport } from './support/screens';
import { nextVerification, withWasm } from './support/verification';
import { eventually } from './support/eventually';
import { copyFixture, extension, inWorkspace, tidy } from './support/workspace';

const row = (name: string) => ({
  selector: `.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`,
});
const isThere = (folder: string, name: string): Promise<true> =>
  eventually(name, () => existsSync(inWorkspace(folder, name).fsPath) || undefined);
const assumed = (place: 'file' | 'block') => on('editor', `assumptions-${place}`);

describe('a checkpoint in VS Code', function () {
  // a software adapter compiles shaders for seconds
  this.timeout(180_000);
  const folder = 'checkpoints';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('opens by its blocks, takes another eps by the prompt, and keeps it for all that follows', async () => {
    const model = copyFixture('checkpoints/repvgg.safetensors', folder, 'net.safetensors');
    await vscode.commands.executeCommand('replens.openModel', model);
    await bridge.waitFor(on('editor', 'branch-graph'));
    const header = { ...on('editor', 'model-name'), selector: '.header' };
    assert.match(await bridge.text(header), /safetensors checkpoint/);
    assert.equal(await bridge.count(on('editor', 'screen-map')), 0);
    assert.match(await bridge.text(assumed('file')), /BN eps 1e-5 is RepVGG's/);
    await bridge.screenshot('checkpoint-open');

    await bridge.click(on('editor', 'set-assumptions-file'));
    assert.equal(await quickInput(), 'BN eps of net.safetensors');
    const field = { selector: '.quick-input-box input' };
    const message = (): Promise<string> => bridge.text({ selector: '.quick-input-message' });
    await bridge.fill(field, '2');
    await eventually('a sentence', async () => (await message()).includes('"2" is no eps') || undefined);
    await bridge.fill(field, '1e-3');
    await eventually('none', async () => (await message()).includes('does not hold it') || undefined);
    await bridge.press('Enter');
    const given = { ...assumed('file'), selector: '[data-testid="assumptions-file"] [data-given="true"]' };
    await eventually('the eps', async () =>
      (await bridge.count(given)) === 1 && (await bridge.text(given)).includes('1e-3, as given')
        ? true
        : undefined,
    );

    // what is fused with it differs from the deploy form of the network's own code, and says why
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('replens.openModel', model);
    await eventually('it is remembered', async () => ((await bridge.count(given)) === 1 ? true : undefined));
    const deploy = copyFixture('checkpoints/repvgg.deploy.safetensors', folder, 'net.deploy.safetensors');
    const finished = nextVerification();
    await withWasm(async () => vscode.commands.executeCommand('replens.explain', model, [model, deploy]));
    const { result } = await finished;
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(result.value.verdict, 'not-equivalent', result.value.reason);
    assert.match(result.value.reason, /BN eps 0\.00001 was used where the model has 0\.001/);
    const report = { ...on('report', 'assumptions-file') };
    assert.match(await bridge.text(report), /BN eps 1e-3, as given/);
    await bridge.screenshot('checkpoint-wrong-eps');
    const compared = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    assert.ok(!compared.some((label) => label.includes('↔')), compared.join('\n'));
  });

  it('is fused from the context menu of the Explorer, and verified on WebGPU', async () => {
    const model = copyFixture('checkpoints/acnet.safetensors', folder, 'acnet.safetensors');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('revealInExplorer', model);
    await bridge.click(row('acnet.safetensors'), { button: 'right' });
    await chooseFromMenu('Fuse Branches');
    await isThere(folder, 'acnet.fused.safetensors');
    await eventually('what was assumed', async () =>
      (await notifications()).sentences.some((text) =>
        text.startsWith("Fused 2 blocks: acnet.fused.safetensors. BN eps 1e-5 is ACNet's"),
      )
        ? true
        : undefined,
    );
    assert.ok((await notifications()).buttons.includes('Change Assumptions…'));
    await bridge.screenshot('checkpoint-fused');
    const finished = nextVerification();
    await vscode.commands.executeCommand('replens.openModel', model);
    await bridge.click(on('editor', 'verify'));
    const { fused, result } = await finished;
    assert.ok(fused.path.endsWith('acnet.fused.safetensors'));
    assert.ok(result.ok, JSON.stringify(result));
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent', shown.reason);
    assert.equal(shown.provider, 'webgpu', shown.reason);
    await eventually('verdicts on its blocks', async () =>
      (await bridge.count(on('editor', 'block-verdict'))) > 0 ? true : undefined,
    );
    const pairs = (await extension().activate()).pairs.controller.items;
    const labels: string[] = [];
    pairs.forEach(({ label }) => labels.push(label));
    assert.ok(labels.includes('acnet.safetensors → acnet.fused.safetensors'), labels.join('\n'));
  });

  it('of a training says what it leaves out; a .ckpt stays one', async () => {
    const model = copyFixture('checkpoints/training.pth', folder, 'last.ckpt');
    await vscode.commands.executeCommand('replens.fuse', model, [model]);
    await isThere(folder, 'last.fused.ckpt');
    const { sentences } = await notifications();
    assert.ok(
      sentences.some((text) => text.includes('"optimizer" is left out')),
      sentences.join('\n'),
    );
  });

  it('has a block that is refused until somebody says whether its identity is there', async () => {
    const model = copyFixture('checkpoints/yolov6_qa.safetensors', folder, 'qa.safetensors');
    await vscode.commands.executeCommand('replens.openModel', model);
    await bridge.click({ ...on('editor', 'block', '[data-status="refused"]') });
    await bridge.click(on('editor', 'set-assumptions-refusal'));
    assert.equal(await quickInput(), 'Identity branch of backbone.ERBlock_2.0');
    await choosePick(0);
    await eventually('it can be fused', async () =>
      (await bridge.count(on('editor', 'block', '[data-status="refused"]'))) === 0 ? true : undefined,
    );
    await vscode.commands.executeCommand('replens.openText', model);
    const { sentences } = await notifications();
    assert.ok(
      sentences.some((text) => text.startsWith('qa.safetensors is a checkpoint: weights without a graph')),
      sentences.join('\n'),
    );
  });
});
