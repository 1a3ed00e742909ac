import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { chooseFromMenu, on } from './support/screens';
import { eventually } from './support/eventually';
import { copyFixture, inWorkspace, tidy } from './support/workspace';

/** The text editor that shows a model, and what of it is selected. */
function shownText():
  { readonly editor: vscode.TextEditor; readonly selected: readonly string[] } | undefined {
  const editor = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.scheme === 'replens-text',
  );
  if (editor === undefined || editor.selections.every(({ isEmpty }) => isEmpty)) return undefined;
  return { editor, selected: editor.selections.map((range) => editor.document.getText(range).trim()) };
}

/** The names of the operators on lines of the text. */
const operators = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((text) =>
    [...text.matchAll(/\) ?= ?(\w+)|= (\w+)/g)].map(([, one, other]) => one ?? other ?? ''),
  );

describe('right-click on a block', () => {
  const folder = 'menus';
  const fused = (): Promise<true> =>
    eventually(
      'the fused file',
      () => existsSync(inWorkspace(folder, 'acnet.legacy.fused.onnx').fsPath) || undefined,
    );

  beforeEach(async () => {
    await tidy(folder);
    await vscode.commands.executeCommand('vscode.open', copyFixture('models/acnet.legacy.onnx', folder));
    await bridge.waitFor(on('editor', 'branch-graph'));
  });
  after(() => tidy(folder));

  it('fuses it from a card of its graph', async () => {
    await bridge.click(
      { ...on('editor', 'branch-graph'), selector: '[data-card]', nth: 1 },
      { button: 'right' },
    );
    await chooseFromMenu('Fuse Branches of This Block');
    await fused();
  });

  it('fuses it from a card of the fold', async () => {
    await bridge.click(on('editor', 'tab-fold'));
    await bridge.click({ ...on('editor', 'fold'), selector: '[data-op]', nth: 0 }, { button: 'right' });
    await chooseFromMenu('Fuse Branches of This Block');
    await fused();
  });

  it('fuses it from the map, where it lies under the pointer', async () => {
    await bridge.click(on('editor', 'screen-map'));
    await bridge.waitFor({ ...on('editor', 'map'), selector: 'canvas[data-frame]' });
    await bridge.click({ ...on('editor', 'map'), selector: 'button[aria-label="Show all"]' });
    // finds the block as a person does, by trying what the pointer meets
    const position = await bridge.evaluate(on('editor', 'map-canvas'), async () => {
      const canvas = document.querySelector('canvas')!;
      const { left, top, width, height } = canvas.getBoundingClientRect();
      for (let y = 10; y < height; y += 8) {
        const at = { bubbles: true, clientX: left + width / 2, clientY: top + y };
        canvas.dispatchEvent(new MouseEvent('click', at));
        await new Promise((done) => setTimeout(done, 20));
        if (document.querySelector('[data-testid="map-row"][data-key="b0"][aria-selected="true"]'))
          return { x: width / 2, y };
      }
      return null;
    });
    assert.ok(position, 'the block is on the map');
    await bridge.click({ ...on('editor', 'map'), selector: 'canvas' }, { button: 'right', position });
    await chooseFromMenu('Fuse Branches of This Block');
    await fused();
  });

  it('shows it in the text, all its lines selected, from the outline of the map', async () => {
    await bridge.click(on('editor', 'screen-map'));
    await bridge.click(on('editor', 'map-row', '[data-key="b0"]'), { button: 'right' });
    await chooseFromMenu('Show in Text');
    const { selected } = await eventually('the lines of the block', shownText);
    assert.ok(operators(selected).filter((operator) => operator === 'Conv').length >= 3, selected.join('\n'));
  });
});

describe('what is chosen in the model editor', () => {
  const folder = 'chosen';

  beforeEach(() => tidy(folder));
  after(() => tidy(folder));

  it('is selected in the open text beside, which gets no focus', async () => {
    const model = copyFixture('pairs/ok_repvgg.train.onnx', folder);
    await vscode.commands.executeCommand('replens.openText', model);
    await vscode.commands.executeCommand('vscode.openWith', model, 'replens.model', vscode.ViewColumn.Beside);
    await bridge.waitFor(on('editor', 'branch-graph'));
    await bridge.click(on('editor', 'block', '[data-block-id="b1"]'));
    const block = await eventually('the lines of the block', shownText);
    assert.ok(operators(block.selected).includes('Conv'), block.selected.join('\n'));
    const card = { ...on('editor', 'branch-graph'), selector: '[data-node]', nth: 0 };
    await eventually('the graph of the block', async () =>
      (await bridge.attribute(on('editor', 'branch-graph'), 'data-block-id')) === 'b1' ? true : undefined,
    );
    const node = await bridge.attribute(card, 'data-node');
    await bridge.click(card);
    await eventually('the line of the node', () => {
      const { selected = [] } = shownText() ?? {};
      return selected.length === 1 && selected[0]?.includes(`["${node}"]`) ? true : undefined;
    });
    const { visibleRanges, selection } = block.editor;
    assert.ok(
      visibleRanges.some((range) => range.contains(selection.start)),
      'it is in sight',
    );
    assert.equal(vscode.window.activeTextEditor, undefined, 'the focus stays in the model editor');
    await bridge.click(on('editor', 'tab-fold'));
    const op = { ...on('editor', 'fold'), selector: '[data-op]', nth: 1 };
    const other = await bridge.attribute(op, 'data-op');
    await bridge.click(op);
    await eventually('the line of the fold’s card', () =>
      shownText()?.selected[0]?.includes(`["${other}"]`) ? true : undefined,
    );
    await bridge.screenshot('chosen-in-text');
  });

  it('opens no text by itself; a key shows it there', async () => {
    const model = copyFixture('pairs/ok_repvgg.train.onnx', folder);
    await vscode.commands.executeCommand('vscode.open', model);
    await bridge.waitFor(on('editor', 'branch-graph'));
    await bridge.click(on('editor', 'block', '[data-block-id="b1"]'));
    await eventually('the graph of the block', async () =>
      (await bridge.attribute(on('editor', 'branch-graph'), 'data-block-id')) === 'b1' ? true : undefined,
    );
    assert.deepEqual(vscode.window.visibleTextEditors, []);
    await bridge.press('Shift+Alt+T');
    const { editor, selected } = await eventually('the text', shownText);
    assert.equal(vscode.window.activeTextEditor, editor);
    assert.ok(operators(selected).includes('Conv'), selected.join('\n'));
  });
});
