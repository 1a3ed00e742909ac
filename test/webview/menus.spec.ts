import { deepEqual, equal, ok } from 'node:assert/strict';
import { openEditor, type FakeEditor } from './support/fakeEditor';
import { fixture } from './support/models';
import { stage } from './support/stage';

/** What VS Code reads at a right click: the contexts of the element and of all around it, the nearest first. */
async function contextAt({ page }: FakeEditor, selector: string, at?: { x: number; y: number }) {
  await page.evaluate(() => {
    window.addEventListener(
      'contextmenu',
      (event) => {
        event.preventDefault();
        let context = {};
        for (let element = event.target as Element | null; element; element = element.parentElement)
          context = {
            ...(JSON.parse(element.getAttribute('data-vscode-context') ?? '{}') as object),
            ...context,
          };
        (window as unknown as { menu: unknown }).menu = context;
      },
      { once: true },
    );
  });
  await page
    .locator(selector)
    .first()
    .click({ button: 'right', ...(at === undefined ? {} : { position: at }) });
  return page.evaluate(() => (window as unknown as { menu: Record<string, unknown> }).menu);
}

const BLOCK = {
  webviewSection: 'block',
  blockId: 'b0',
  blockStatus: 'fusable',
  preventDefaultContextMenuItems: true,
};

describe('context menus in the model editor', () => {
  let editor: FakeEditor;

  beforeEach(async () => {
    editor = await openEditor(await stage(), fixture('models/repvgg.legacy.onnx'));
    await editor.page.locator('[data-card]').first().waitFor();
  });
  afterEach(() => editor.close());

  it('know the block in the list, in its heading and behind its graph', async () => {
    for (const place of ['[data-testid="block"]', '.block-heading', '.react-flow__pane'])
      deepEqual(await contextAt(editor, place), BLOCK, place);
  });

  it('know the node of a card, in the graph and in the fold', async () => {
    const card = editor.page.locator('[data-node]').first();
    const node = await card.getAttribute('data-node');
    deepEqual(await contextAt(editor, '[data-node]'), { ...BLOCK, nodeName: node });
    await editor.page.getByTestId('tab-fold').click();
    await editor.page.getByTestId('fold-picture').waitFor();
    const op = await editor.page.locator('[data-op]').first().getAttribute('data-op');
    deepEqual(await contextAt(editor, '[data-op]'), { ...BLOCK, nodeName: op });
    deepEqual(await contextAt(editor, '[data-testid="fold-step"]'), BLOCK);
  });

  it('know what lies under the pointer on the map, and choose it', async () => {
    await editor.page.getByTestId('screen-map').click();
    await editor.page.locator('canvas[data-frame]').waitFor();
    await editor.page.locator('button[aria-label="Show all"]').click();
    const middle = await editor.page.evaluate(() => document.querySelector('canvas')!.clientWidth / 2);
    const met = new Set<string>();
    for (let y = 10; y < 600 && met.size < 3; y += 12) {
      const context = await contextAt(editor, 'canvas', { x: middle, y });
      met.add(String(context['webviewSection'] ?? 'nothing'));
      if (context['webviewSection'] !== 'block') continue;
      deepEqual(context, BLOCK);
      deepEqual(editor.selections.at(-1), { block: 'b0', node: null });
    }
    deepEqual([...met].sort(), ['block', 'node', 'nothing']);
  });

  it('know the row of the outline, by mouse and by keyboard', async () => {
    const { page } = editor;
    await page.getByTestId('screen-map').click();
    await page.getByTestId('map-outline').waitFor();
    deepEqual(await contextAt(editor, '[data-testid="map-row"][data-key="b0"]'), BLOCK);
    await page.locator('[data-testid="map-row"][data-key="b0"]').click();
    await page.getByTestId('map-outline').focus();
    const asked = await page.evaluate(() => {
      const tree = document.querySelector<HTMLElement>('[data-testid="map-outline"]')!;
      tree.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
      return JSON.parse(tree.dataset['vscodeContext'] ?? 'null') as unknown;
    });
    deepEqual(asked, BLOCK);
    const input = await contextAt(editor, '[data-testid="map-row"][data-key^="input:"]');
    deepEqual(input, { preventDefaultContextMenuItems: true });
  });

  it('leave texts that can be copied their own entries', async () => {
    const context = await contextAt(editor, '.inspector-block');
    equal(context['preventDefaultContextMenuItems'], undefined);
  });

  it('do not let the map stick to the pointer', async () => {
    const { page } = editor;
    await page.getByTestId('screen-map').click();
    await page.locator('canvas[data-frame]').waitFor();
    const still = await page.evaluate(async () => {
      const canvas = document.querySelector('canvas')!;
      const before = canvas.toDataURL();
      const at = { bubbles: true, clientX: 600, clientY: 400, pointerId: 1 };
      canvas.dispatchEvent(new PointerEvent('pointerdown', { ...at, button: 2 }));
      // the menu swallows the release
      canvas.dispatchEvent(new PointerEvent('pointermove', { ...at, clientX: 400 }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
      return canvas.toDataURL() === before;
    });
    ok(still);
  });
});

describe('what is chosen in the model editor', () => {
  it('is told to the extension host: blocks of the list and of the map, nodes of the map', async () => {
    const editor = await openEditor(await stage(), fixture('pairs/ok_repvgg.train.onnx'));
    const { page } = editor;
    await page.locator('[data-card]').first().waitFor();
    deepEqual(editor.selections, [], 'nothing before somebody chooses');
    const blocks = page.getByTestId('block');
    const last = await blocks.nth((await blocks.count()) - 1).getAttribute('data-block-id');
    await page.locator(`[data-block-id="${last}"][data-testid="block"]`).click();
    deepEqual(editor.selections.at(-1), { block: last, node: null });
    await page.getByTestId('screen-map').click();
    await page.locator('[data-testid="map-row"][data-key="b0"]').click();
    deepEqual(editor.selections.at(-1), { block: 'b0', node: null });
    await page.getByTestId('screen-blocks').click();
    await page.locator('[data-block-id="b0"][aria-selected="true"]').waitFor();
    await page.getByTestId('screen-map').click();
    const node = page.locator('[data-testid="map-row"][data-key^="node:"]').first();
    const key = await node.getAttribute('data-key');
    await node.click();
    deepEqual(editor.selections.at(-1), { block: null, node: key!.slice('node:'.length) });
    await editor.close();
  });
});
