import { deepEqual, equal, ok } from 'node:assert/strict';
import { neighbour } from '../../webview-ui/editor/graph/neighbour';
import { openEditor, readyState, type FakeEditor } from './support/fakeEditor';
import { fixture, manyBlocks } from './support/models';
import { stage } from './support/stage';

/** What has the focus, by whatever tells it apart. */
function focused({ page }: FakeEditor): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    const { testid, card, key } = element?.dataset ?? {};
    return card ?? key ?? testid ?? element?.textContent ?? '';
  });
}

/** Presses Tab until something has the focus. */
async function tabTo(editor: FakeEditor, target: string): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    if ((await focused(editor)) === target) return;
    await editor.page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to "${target}"`);
}

async function press(editor: FakeEditor, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await editor.page.keyboard.press(key);
}

describe('model editor: by keyboard only', () => {
  const detection = manyBlocks(30, 15);
  let editor: FakeEditor;

  beforeEach(async () => {
    editor = await openEditor(await stage(), detection);
    await editor.page.locator('[data-card]').first().waitFor();
  });
  afterEach(() => editor.close());

  it('chooses a block, fuses it, fuses all, verifies', async () => {
    await tabTo(editor, 'b0');
    await press(editor, 'ArrowDown', 'ArrowDown', 'Enter');
    await editor.page.locator('[data-testid="branch-graph"][data-block-id="b2"]').waitFor();
    await tabTo(editor, 'fuse-block');
    await press(editor, 'Enter');
    await editor.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo(editor, 'verify');
    await press(editor, 'Space');
    await tabTo(editor, 'fuse-all');
    await press(editor, 'Enter');
    deepEqual(editor.calls, [
      ['fuse', { ids: ['b2'] }],
      ['verify', null],
      ['fuse', { ids: null }],
    ]);
  });

  it('walks, closes and opens groups of the tree', async () => {
    await tabTo(editor, 'b0');
    await press(editor, 'ArrowLeft');
    const group = await focused(editor);
    ok(group.startsWith('/stages.0'), group);
    const rows = editor.page.getByTestId('block');
    equal(await rows.count(), 30);
    await press(editor, 'ArrowLeft');
    equal(await rows.count(), 15);
    await press(editor, 'ArrowDown', 'ArrowRight');
    equal(await focused(editor), 'b15');
    await press(editor, 'Home', 'End');
    equal(await focused(editor), 'b29');
  });

  it('has one Tab stop in the tree and one in the graph', async () => {
    for (const part of ['.tree', '.branch-graph .react-flow'])
      equal(await editor.page.locator(`${part} [tabindex="0"]`).count(), 1, part);
  });

  it('walks the graph by arrow keys and opens a node by Enter', async () => {
    await tabTo(editor, 'before source');
    await press(editor, 'ArrowDown');
    const first = await focused(editor);
    ok(first.endsWith('/Conv'), first);
    await press(editor, 'ArrowRight');
    const second = await focused(editor);
    ok(second.endsWith('/Conv') && second !== first, second);
    await press(editor, 'ArrowDown');
    ok((await focused(editor)).endsWith('/Add'));
    await press(editor, 'ArrowUp', 'ArrowRight', 'ArrowRight');
    ok((await focused(editor)).startsWith('after '));
    await press(editor, 'Home', 'ArrowDown', 'Enter');
    await editor.page.getByTestId('constant').first().waitFor();
    equal(await editor.page.locator(`[data-card="${first}"]`).getAttribute('aria-pressed'), 'true');
  });

  it('reaches every card of a graph by arrow keys', async () => {
    const wide = await openEditor(await stage(), fixture('models/acnet.preserve.onnx'));
    await wide.page.locator('[data-card]').first().waitFor();
    const spots = await wide.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-card]')].map((card) => {
        const { x, y, width, height } = card.getBoundingClientRect();
        return { id: card.dataset.card ?? '', x: x + width / 2, y: y + height / 2 };
      }),
    );
    const reached = new Set(spots.slice(0, 1));
    for (const spot of reached)
      for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight']) {
        const next = neighbour(spots, spot, key);
        if (next !== null) reached.add(next as (typeof spots)[number]);
      }
    equal(reached.size, spots.length);
    await wide.close();
  });

  it('opens a weight by keyboard', async () => {
    await tabTo(editor, 'before source');
    await press(editor, 'ArrowDown', 'Enter');
    await editor.page.getByTestId('constant').first().waitFor();
    await tabTo(editor, 'constant');
    await press(editor, 'Enter');
    await editor.page.getByTestId('tensor').waitFor();
  });

  it('cancels a job', async () => {
    const state = readyState(detection, 'many.onnx');
    await editor.show({ ...state, job: { kind: 'verify', fraction: 0.2, label: 'sample 1 of 2' } });
    ok(await editor.page.getByTestId('fuse-all').isDisabled());
    await tabTo(editor, 'cancel');
    await press(editor, 'Enter');
    deepEqual(editor.calls, [['cancelJob', null]]);
  });
});

describe('model editor: a refused block', () => {
  it('highlights its nodes from the refusal, by keyboard', async () => {
    const detection = fixture('refuse/border_zero_pad.onnx');
    const editor = await openEditor(await stage(), detection);
    const { page } = editor;
    const [block] = detection.blocks;
    await page.locator('[data-card]').first().waitFor();
    const { code, message, nodes } = block!.refusal!;
    ok(nodes.length > 0);
    equal(await page.getByTestId('refusal').getAttribute('data-code'), code);
    ok((await page.getByTestId('refusal').innerText()).includes(message));
    const faulty = page.locator('[data-at-fault="true"]');
    equal(await faulty.count(), nodes.length);
    equal(await faulty.first().getAttribute('data-node'), nodes[0]);
    equal(await page.getByTestId('fuse-block').count(), 0);
    await tabTo(editor, 'fault-node');
    await press(editor, 'Enter');
    const classes = (await faulty.first().getAttribute('class')) ?? '';
    ok(/\bhighlighted\b/.test(classes) && /\bchosen\b/.test(classes), classes);
    await page.locator('.attributes').waitFor();
    await editor.close();
  });
});
