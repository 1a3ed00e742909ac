import { deepEqual, equal, ok } from 'node:assert/strict';
import { openEditor, type FakeEditor } from './support/fakeEditor';
import { manyBlocks } from './support/models';
import { stage } from './support/stage';

/** Milliseconds from a click on a block to its row being drawn as chosen. */
function clickTime({ page }: FakeEditor, id: string): Promise<number> {
  return page.evaluate(
    (block) =>
      new Promise<number>((resolve) => {
        const row = document.querySelector<HTMLElement>(`[data-testid="block"][data-block-id="${block}"]`);
        const start = performance.now();
        row?.click();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
      }),
    id,
  );
}

describe('model editor: a thousand blocks', () => {
  let editor: FakeEditor;

  before(async () => {
    editor = await openEditor(await stage(), manyBlocks(1000));
    await editor.page.locator('[data-card]').first().waitFor();
  });
  after(() => editor.close());

  it('lists them all, by module', async () => {
    equal(await editor.page.getByTestId('block').count(), 1000);
    // 40 stages of 25, and "stages" above them
    equal(await editor.page.locator('.tree-row.group').count(), 41);
  });

  it('chooses one without a wait', async () => {
    const times: number[] = [];
    for (const id of ['b500', 'b20', 'b980', 'b3', 'b700']) times.push(await clickTime(editor, id));
    const median = times.sort((a, b) => a - b)[2]!;
    // a tenth of a second is where people begin to notice; this machine may be busy, hence the factor
    ok(median < 300, `${times.map(Math.round).join(', ')} ms`);
  });

  it('finds some by a filter', async () => {
    await editor.page.getByTestId('filter').fill('stages.7 b18');
    await editor.page.waitForFunction(() => document.querySelectorAll('[data-testid="block"]').length < 1000);
    // b175 … b199 are stage 7: b180 … b189 match
    equal(await editor.page.getByTestId('block').count(), 10);
    await editor.page.getByTestId('filter').fill('nothing like it');
    await editor.page.locator('.no-match').waitFor();
    await editor.page.getByTestId('filter').fill('');
    await editor.page.waitForFunction(
      () => document.querySelectorAll('[data-testid="block"]').length === 1000,
    );
  });

  it('keeps the page of a long list in place', async () => {
    const row = editor.page.locator('[data-testid="block"][data-block-id="b999"]');
    await editor.rpc.call('reveal', { id: 'b999' });
    await editor.page.locator('[data-testid="branch-graph"][data-block-id="b999"]').waitFor();
    const inside = await row.evaluate((element) => {
      const tree = element.closest('.tree')?.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      return tree !== undefined && box.top >= tree.top - 1 && box.bottom <= tree.bottom + 1;
    });
    ok(inside, 'the revealed row is in sight');
  });

  it('gives a row the same height whether it is drawn yet or not, so that a jump lands', async () => {
    const rows = await editor.page.evaluate(() => {
      const all = [...document.querySelectorAll<HTMLElement>('.tree-row')];
      const waiting = all.map((row) => row.offsetHeight);
      for (const row of all) row.style.contentVisibility = 'visible';
      const drawn = all.map((row) => row.offsetHeight);
      const cut = all.filter((row) => row.scrollHeight > row.clientHeight).length;
      for (const row of all) row.style.contentVisibility = '';
      return { waiting, drawn, cut };
    });
    deepEqual(rows.waiting, rows.drawn);
    equal(rows.cut, 0, 'rows whose text does not fit');
  });
});
