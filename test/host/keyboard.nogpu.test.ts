import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { notifications, on, quickInput, shownReport } from './support/screens';
import { nextVerification } from './support/verification';
import { eventually } from './support/eventually';
import { tidy } from './support/workspace';

const EDITOR = on('editor', 'model-name');
const REPORT = on('report', 'verdict');

interface Focus {
  /** Whether the window's focus is in this view. */
  readonly here: boolean;
  readonly at: string;
  readonly seen: boolean;
}

/** What has the focus in a view, and whether a person can see that. */
function focus(where: typeof EDITOR): Promise<Focus> {
  return bridge.evaluate(where, () => {
    const element = document.activeElement as HTMLElement;
    const { key, card, testid } = element.dataset;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      here: document.hasFocus(),
      at: key ?? card ?? testid ?? element.tagName,
      seen: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0,
    };
  });
}

/** Presses Tab until something has the focus, which must be visible all the way. */
async function tabTo(target: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    const { at, seen } = await focus(EDITOR);
    if (presses > 0) assert.ok(seen || at === 'BODY', `the focus on ${at} can be seen`);
    if (at === target) return;
    await bridge.press('Tab');
  }
  throw new Error(`Tab never came to "${target}"`);
}

/** Runs a command by its name from the palette. */
async function fromPalette(title: string): Promise<void> {
  await bridge.press('F1');
  await bridge.waitFor({ selector: '.quick-input-widget .quick-input-box input' });
  await bridge.type(title);
  await bridge.waitFor({ selector: `.quick-input-list .monaco-list-row.focused[aria-label*="${title}"]` });
  await bridge.press('Enter');
}

describe('the whole main job without a mouse', function () {
  this.timeout(120_000);
  let sample: vscode.Uri | undefined;

  beforeEach(async () => {
    await tidy('keyboard');
    // in a browser Alt belongs to the menu bar, which opens with Alt+F as well: a desktop's keys are what is meant here
    const settings = vscode.workspace.getConfiguration('window');
    for (const name of ['customMenuBarAltFocus', 'enableMenuBarMnemonics'])
      await settings.update(name, false, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await tidy('keyboard');
    if (sample !== undefined) rmSync(sample.fsPath.replace(/\.onnx$/, '.fused.onnx'), { force: true });
  });

  it('opens the sample, reads a block and its fold, fuses, verifies, reads the report', async () => {
    await fromPalette('Open Sample Model');
    sample = await eventually('the sample', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom ? input.uri : undefined;
    });
    const fused = sample.fsPath.replace(/\.onnx$/, '.fused.onnx');
    rmSync(fused, { force: true });
    await bridge.waitFor(on('editor', 'branch-graph'));
    await eventually('the focus in the editor', async () => ((await focus(EDITOR)).here ? true : undefined));

    await tabTo('b0');
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await bridge.press(key);
    const { at: block } = await focus(EDITOR);
    await bridge.waitFor(on('editor', 'branch-graph', `[data-block-id="${block}"]`));
    assert.equal((await focus(EDITOR)).at, block, 'the list keeps the focus');

    await tabTo('tab-graph');
    await bridge.press('ArrowRight');
    await bridge.waitFor(on('editor', 'fold'));
    assert.deepEqual(await focus(EDITOR), { here: true, at: 'tab-fold', seen: true });
    await tabTo('fold');
    await bridge.press('Home');
    await bridge.press('ArrowRight');
    assert.equal(await bridge.attribute(on('editor', 'fold-step'), 'data-step'), '1');

    await bridge.press('Shift+Alt+F');
    await eventually('the fused file', () => existsSync(fused) || undefined);
    await eventually('the end of the job', async () =>
      (await bridge.count(on('editor', 'job'))) === 0 ? true : undefined,
    );
    assert.deepEqual(await focus(EDITOR), { here: true, at: 'fold', seen: true }, 'fusing moves no focus');

    const finished = nextVerification();
    await bridge.press('Shift+Alt+V');
    await quickInput();
    await bridge.press('Enter');
    const { result } = await finished;
    assert.ok(result.ok && result.value.verdict === 'equivalent', JSON.stringify(result).slice(0, 300));
    await eventually('the verdict in the editor', async () =>
      (await bridge.count(on('editor', 'verdict'))) === 1 ? true : undefined,
    );
    assert.deepEqual(await focus(EDITOR), { here: true, at: 'fold', seen: true }, 'nor does verifying');

    await bridge.press('Control+2');
    await eventually('the focus in the report', async () => ((await focus(REPORT)).here ? true : undefined));
    assert.equal((await shownReport()).verdict, 'equivalent');
    const read: string[] = [];
    for (let presses = 0; presses < 12; presses += 1) {
      await bridge.press('Tab');
      const { here, at, seen } = await focus(REPORT);
      if (!here || at === 'BODY') break;
      assert.ok(seen, `the focus on ${at} can be seen`);
      read.push(at);
    }
    assert.ok(read.length >= 3, read.join());
    await bridge.screenshot('keyboard-report');
    const { sentences } = await notifications();
    assert.match(sentences.join('\n'), /Equivalent/);
  });

  it('goes to a block’s graph and to the text by keys, and back', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('vscode.open', sample);
    await bridge.waitFor(on('editor', 'model-name'));
    await bridge.press('Shift+Alt+T');
    const text = await eventually('the text', () => {
      const { activeTextEditor: editor } = vscode.window;
      return editor?.document.uri.scheme === 'replens-text' ? editor : undefined;
    });
    const line = text.document
      .getText()
      .split('\n')
      .findIndex((words) => words.includes('Conv') && words.includes('stages.1.1'));
    text.selection = new vscode.Selection(line, 0, line, 0);
    await bridge.press('Shift+Alt+G');
    await eventually('the editor in front', () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom
        ? true
        : undefined,
    );
    await bridge.waitFor(on('editor', 'block', '[data-block-id="b3"][aria-selected="true"]'));
  });
});
