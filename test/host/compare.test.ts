import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { on, quickInput } from './support/screens';
import { nextVerification, withWasm } from './support/verification';
import { eventually } from './support/eventually';
import { copyFixture, tidy } from './support/workspace';

const PICTURES = [
  ['light', 'Default Light Modern'],
  ['dark', 'Default Dark Modern'],
  ['contrast', 'Default High Contrast'],
] as const;

describe('Compare Models and Explain Difference', function () {
  // a measurement on a software adapter takes its time
  this.timeout(180_000);
  const folder = 'compare';
  const settings = vscode.workspace.getConfiguration();
  let theme: unknown;

  before(() => {
    theme = settings.inspect('workbench.colorTheme')?.globalValue;
  });
  beforeEach(() => tidy(folder));
  after(async () => {
    await tidy(folder);
    await settings.update('workbench.colorTheme', theme, vscode.ConfigurationTarget.Global);
  });

  it('puts two models side by side, with each block linked to its convolution', async () => {
    const train = copyFixture('pairs/ok_repvgg.train.onnx', folder);
    const deploy = copyFixture('pairs/ok_repvgg.deploy.onnx', folder);
    // as the Explorer does for two selected models
    await vscode.commands.executeCommand('replens.compare', train, [train, deploy]);
    await bridge.waitFor(on('compare', 'compare'));
    assert.match(
      await bridge.text(on('compare', 'compare-summary')),
      /10 matched, 0 different, 0 on one side/,
    );
    await bridge.press('F7');
    await bridge.waitFor(
      on('compare', 'side-right', ' [data-key="node:/blocks.0/m/Conv"][aria-selected="true"]'),
    );
    const links = await bridge.evaluate(on('compare', 'compare'), () =>
      Number(document.querySelector<HTMLElement>('.compare-links')?.dataset['drawn'] ?? 0),
    );
    assert.ok(links >= 3, `${links} links`);
  });

  it('knows the other form of a model by its name, and offers it first', async () => {
    const train = copyFixture('pairs/ok_repvgg.train.onnx', folder);
    const deploy = copyFixture('pairs/ok_repvgg.deploy.onnx', folder);
    const asked = vscode.commands.executeCommand('replens.compare', train);
    assert.equal(await quickInput(), 'Compare ok_repvgg.train.onnx with');
    await bridge.press('Enter');
    await asked;
    await bridge.waitFor(on('compare', 'compare'));
    const label = (): string | undefined => vscode.window.tabGroups.activeTabGroup.activeTab?.label;
    assert.equal(label(), 'ok_repvgg.train.onnx ↔ ok_repvgg.deploy.onnx');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    // from the merged one there is nothing to ask
    await vscode.commands.executeCommand('replens.compare', deploy);
    await bridge.waitFor(on('compare', 'compare'));
    assert.equal(label(), 'ok_repvgg.train.onnx ↔ ok_repvgg.deploy.onnx');
    // two that were selected, in whatever order
    const [plain, merged] = [
      copyFixture('pairs/ok_repvgg.train.onnx', folder, 'train.onnx'),
      copyFixture('pairs/ok_repvgg.deploy.onnx', folder, 'deploy.onnx'),
    ];
    await vscode.commands.executeCommand('replens.compare', merged, [merged, plain]);
    await eventually('the new tab', () => (label() === 'train.onnx ↔ deploy.onnx' ? true : undefined));
  });

  it('finds the fault of a conversion, shows it in the comparison and on the maps, until a file changes', async () => {
    const train = copyFixture('pairs/identity_dropped.train.onnx', folder);
    const deploy = copyFixture('pairs/identity_dropped.deploy.onnx', folder);
    await vscode.commands.executeCommand('vscode.open', train);
    await bridge.waitFor(on('editor', 'model-name'));
    const finished = nextVerification();
    // the train form is known by its blocks, whichever comes first
    await withWasm(async () => {
      const explained = vscode.commands.executeCommand('replens.explain', deploy, [deploy, train]);
      await quickInput();
      await bridge.press('Enter');
      await explained;
    });
    const { result, original } = await finished;
    assert.equal(original.toString(), train.toString());
    assert.ok(result.ok && result.value.verdict === 'not-equivalent');
    const fault = result.value.blocks.flatMap(({ faults }) => faults)[0]?.message ?? '';
    await bridge.waitFor(on('compare', 'compare-verdict'));
    await eventually('the fault', async () =>
      (await bridge.text(on('compare', 'compare-details'))).includes(fault) ? true : undefined,
    );
    await vscode.commands.executeCommand('notifications.clearAll');
    await bridge.screenshot('compare-beside');
    await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
    for (const [name, label] of PICTURES) {
      await settings.update('workbench.colorTheme', label, vscode.ConfigurationTarget.Global);
      await bridge.waitFor(on('compare', 'compare-verdict'));
      await bridge.screenshot(`compare-${name}`);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('vscode.open', deploy);
    await bridge.waitFor(on('editor', 'screen-map'));
    await bridge.click(on('editor', 'screen-map'));
    const rows = { webview: 'link[href*="editor.css"]', selector: '[data-testid="map-row"]' };
    await eventually('the verdicts on the map of the merged model', async () =>
      (await bridge.texts(rows)).some((text) => text.includes('Faulty')) ? true : undefined,
    );
    await bridge.screenshot('map-verdicts');

    utimesSync(train.fsPath, new Date(), new Date());
    await eventually('the verdicts to be forgotten', async () =>
      (await bridge.texts(rows)).some((text) => text.includes('Faulty')) ? undefined : true,
    );
    // nor is the measurement believed by a comparison that is opened only now
    await vscode.commands.executeCommand('replens.compare', train, [train, deploy]);
    await bridge.waitFor(on('compare', 'compare'));
    assert.equal(await bridge.count(on('compare', 'compare-verdict')), 0);
  });
});
