import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { VerificationRecord } from '../../src/core/view/report/verificationRecord';
import { bridge } from './support/bridge';
import { withFiles, withPlace } from './support/fileDialogs';
import { channelModel } from './support/models';
import { notifications, on, shownReport } from './support/screens';
import { nextVerification } from './support/verification';
import { eventually } from './support/eventually';
import { inWorkspace, tidy, writeModel } from './support/workspace';

/** A float32 file of NumPy with these sizes. */
function npy(dims: readonly number[]): Uint8Array {
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`;
  // the numbers begin at a multiple of 64 bytes
  const header = `${words.padEnd(117)}\n`;
  const count = dims.reduce((product, dim) => product * dim, 1);
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([
    start,
    Buffer.from(header),
    new Uint8Array(Float32Array.from({ length: count }, (_, i) => Math.sin(i)).buffer),
  ]);
}

/** A small model and its fused form, under a name. */
async function fusedPair(folder: string, name: string): Promise<readonly [vscode.Uri, vscode.Uri]> {
  const source = writeModel(channelModel(4, 4), folder, `${name}.onnx`);
  await vscode.commands.executeCommand('replens.fuse', source, [source]);
  return [source, inWorkspace(folder, `${name}.fused.onnx`)];
}

describe('Verify on Inputs…', function () {
  this.timeout(120_000);
  const folder = 'inputs';
  let fused: vscode.Uri;

  before(async () => {
    [, fused] = await fusedPair(folder, 'given');
  });
  after(() => tidy(folder));

  it('does nothing when no file is chosen', async () => {
    const asked = await withFiles(undefined, () =>
      vscode.commands.executeCommand('replens.verifyInputs', fused),
    );
    assert.equal(asked[0]?.canSelectMany, true);
    assert.deepEqual(Object.values(asked[0]?.filters ?? {}), [['npy', 'npz', 'png', 'jpg', 'jpeg', 'pb']]);
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 0);
  });

  it('says which file does not fit the model', async () => {
    const wrong = writeModel(npy([1, 3, 10, 10]), folder, 'three.npy');
    await withFiles([wrong], () => vscode.commands.executeCommand('replens.verifyInputs', fused));
    await bridge.waitFor(on('report', 'failed'));
    assert.match(await bridge.text(on('report', 'failed')), /three\.npy/);
  });

  it('names the file in the report, which is saved as JSON and as Markdown', async () => {
    const given = writeModel(npy([1, 4, 10, 10]), folder, 'waves.npy');
    const finished = nextVerification();
    await withFiles([given], () => vscode.commands.executeCommand('replens.verifyInputs', fused));
    const { result } = await finished;
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(result.value.run.inputFiles, ['waves.npy']);
    const shown = await shownReport();
    assert.equal(shown.verdict, 'equivalent');
    assert.match(shown.reason, /waves\.npy/);

    const place = (ending: string): vscode.Uri => inWorkspace(folder, `saved.${ending}`);
    const save = async (ending: string): Promise<vscode.Uri | undefined> => {
      const [asked] = await withPlace(place(ending), async () => {
        await bridge.click(on('report', `save-${ending}`));
        await eventually(`the saved ${ending}`, () => existsSync(place(ending).fsPath) || undefined);
      });
      return asked?.defaultUri;
    };
    assert.equal((await save('json'))?.path, inWorkspace(folder, 'given.verification.json').path);
    const record = JSON.parse(readFileSync(place('json').fsPath, 'utf8')) as VerificationRecord;
    assert.deepEqual(record, JSON.parse(JSON.stringify(result.value)), 'what the verification found');
    assert.equal((await save('md'))?.path, inWorkspace(folder, 'given.verification.md').path);
    const markdown = readFileSync(place('md').fsPath, 'utf8');
    assert.match(markdown, /^# Equivalent: given\.fused\.onnx\n/);
    assert.match(markdown, /inputs from waves\.npy/);
    for (const { sha256 } of [record.files.original, record.files.fused])
      assert.ok(markdown.includes(sha256), 'the sum of each file');
    await withPlace(undefined, async () => {
      writeFileSync(place('md').fsPath, '');
      await bridge.click(on('report', 'save-md'));
      await eventually('nothing to be said of it', async () =>
        (await bridge.text({ ...on('report', 'save-md'), selector: '.copy [role="status"]' })) === ''
          ? true
          : undefined,
      );
    });
    assert.equal(readFileSync(place('md').fsPath, 'utf8'), '', 'Cancel saves nothing');
  });
});

describe('Benchmark…', function () {
  this.timeout(120_000);
  const folder = 'bench';

  after(() => tidy(folder));

  it('shows times of the whole and of each block, and leads to the block', async () => {
    const [source, fused] = await fusedPair(folder, 'timed');
    await vscode.commands.executeCommand('replens.bench', source, [source, fused]);
    await bridge.waitFor(on('report', 'speed'));
    const verdict = await bridge.attribute(on('report', 'speed'), 'data-verdict');
    assert.match(verdict ?? '', /^(faster|slower|same)$/);
    const summary = await bridge.text(on('report', 'speed-summary'));
    assert.match(summary, /\d/);
    const text = await bridge.text(on('report', 'speed'));
    assert.match(text, /timed\.onnx.*timed\.fused\.onnx/);
    const [before, after] = await bridge.texts({
      ...on('report', 'speed-blocks'),
      selector: '[data-block-id="b0"] td',
    });
    for (const time of [before, after]) assert.match(time ?? '', /\d.* (ms|µs)/);
    assert.ok((await notifications()).sentences.includes(summary));
    await bridge.screenshot('bench');
    await vscode.commands.executeCommand('notifications.clearAll');
    await bridge.click({ ...on('report', 'speed-blocks'), selector: '[data-block-id="b0"] button' });
    await eventually('the editor of the timed model', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.uri.path === source.path ? true : undefined;
    });
    await bridge.waitFor(on('editor', 'block', '[data-block-id="b0"][aria-selected="true"]'));
  });
});
