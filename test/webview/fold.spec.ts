import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { wholeFold } from '../../src/core/view/fold';
import { choosePair, listed, mergedTensor, openFold, read, stepOf, tableLines } from './support/foldPage';
import { fixture } from './support/models';

const dbb = fixture('models/seed_dbb.legacy.onnx');
const dead = fixture('families/dbbSingleInit.dynamo.onnx');

describe('fold: numbers on the screen', () => {
  it('add up, branch by branch, to the merged tensor of the fused file', async () => {
    const fold = wholeFold(dbb, 'b0')!;
    const tensor = await mergedTensor(dbb);
    const taps = fold.taps.reduce((product, count) => product * count, 1);
    const editor = await openFold(dbb);
    await editor.page.getByTestId('fold-table-open').click();
    let largest = 0;
    for (const [out, input] of [
      [0, 0],
      [fold.outChannels - 1, fold.inChannels / fold.groups - 1],
      [3, 2],
    ] as const) {
      await choosePair(editor, out, input);
      const first = (out * (fold.inChannels / fold.groups) + input) * taps;
      const expected = tensor.subarray(first, first + taps);
      await editor.page.waitForFunction(
        (value) =>
          document.querySelector('[data-testid="fold-table"] [data-merged]')?.getAttribute('data-value') ===
          value,
        String(expected[0]),
      );
      const lines = await tableLines(editor);
      equal(lines.length, taps);
      lines.forEach(({ parts, merged, exact }, tap) => {
        equal(parts.length, fold.branches.length);
        equal(exact, expected[tap], `${out},${input},${tap}`);
        const sum = parts.reduce((total, part) => total + part, 0);
        const size = parts.reduce((total, part) => total + Math.abs(part), 0);
        // six digits are written: half a unit of the last one in each part and in the sum
        ok(Math.abs(sum - expected[tap]!) <= 5e-6 * (size + Math.abs(merged)), `${sum} and ${expected[tap]}`);
        largest = Math.max(largest, Math.abs(sum));
      });
    }
    ok(largest > 0.01, 'numbers that mean something');
    await editor.close();
  });

  it('are those of the tap under the pointer, in the list beside the merged kernel', async () => {
    const editor = await openFold(dbb);
    const { page } = editor;
    await choosePair(editor, 1, 1);
    const list = page.getByTestId('tap-list');
    const before = await list.textContent();
    await page.evaluate(() => {
      const cover = document.querySelector<SVGRectElement>('[data-map="merged"] .map-cover')!;
      const { left, top } = cover.getBoundingClientRect();
      cover.dispatchEvent(
        new PointerEvent('pointermove', { bubbles: true, clientX: left + 4, clientY: top + 4 }),
      );
    });
    await page.waitForFunction(
      (old) => document.querySelector('[data-testid="tap-list"]')?.textContent !== old,
      before,
    );
    match((await list.textContent()) ?? '', /^Tap 1, 1/);
    const numbers = (await listed(editor)).map(read);
    const sum = numbers.slice(0, -1).reduce((total, part) => total + part, 0);
    const size = numbers.reduce((total, part) => total + Math.abs(part), 0);
    ok(Math.abs(sum - numbers.at(-1)!) <= 5e-6 * size, numbers.join(' '));
    await editor.close();
  });

  it('are written into the cells, in the order of the taps', async () => {
    const editor = await openFold(dbb);
    const fold = wholeFold(dbb, 'b0')!;
    const shown = await editor.page.evaluate(() =>
      [...document.querySelectorAll('[data-map="merged"] .cell-text')].map((text) =>
        Number(text.getAttribute('data-value')),
      ),
    );
    deepEqual(shown, [...fold.sums.at(-1)!]);
    await editor.close();
  });

  it('tell each branch’s share, and grey the dead ones', async () => {
    const fold = wholeFold(dead, 'b0')!;
    const editor = await openFold(dead);
    const shares = await editor.page.evaluate(() =>
      [...document.querySelectorAll<SVGGElement>('.fold-row')].map((row) => ({
        dead: row.dataset['dead'] === 'true',
        text: row.querySelector('.share-text')?.textContent ?? '',
        hint: row.querySelector('.share title')?.textContent ?? '',
        bar: Number(row.querySelector('.share-bar')?.getAttribute('width')),
        track: Number(row.querySelector('.share-track')?.getAttribute('width')),
      })),
    );
    ok(shares.some((one) => one.dead));
    shares.forEach((one, index) => {
      const branch = fold.branches[index]!;
      equal(one.dead, branch.dead);
      equal(one.text, branch.dead ? 'dead' : `${(branch.share * 100).toFixed(0)} %`);
      match(one.hint, branch.dead ? /below the rounding/ : /^Share of this branch/);
      // a bar is as long as the share, a visible sliver at least
      ok(Math.abs(one.bar - branch.share * one.track) <= 1.5, `${one.bar} of ${one.track}`);
    });
    match(await editor.page.getByTestId('branches').innerText(), /dead/);
    await editor.close();
  });
});

describe('fold: steps', () => {
  it('go from the branches to the merged kernel, with the transforms by name', async () => {
    const fold = wholeFold(dbb, 'b0')!;
    const editor = await openFold(dbb);
    const { page } = editor;
    const last = fold.branches.length + 2;
    equal(await stepOf(editor), last);
    await page.getByTestId('fold').focus();
    await page.keyboard.press('Home');
    equal(await stepOf(editor), 0);
    const told: string[] = [];
    for (let step = 0; step < last; step++) {
      told.push(await page.getByTestId('fold-step').innerText());
      await page.keyboard.press('ArrowRight');
      equal(await stepOf(editor), step + 1);
    }
    told.push(await page.getByTestId('fold-step').innerText());
    match(told[0]!, /^Step 1 of 7.*as exported/s);
    match(told[1]!, /one kernel.*I conv-BN.*III sequential.*V average pooling/s);
    match(told[2]!, /3×3 grid.*VI multi-scale/s);
    match(told[3]!, /Add branch 1.*II branch addition/s);
    match(told.at(-1)!, /the merged kernel/);
    await page.keyboard.press('ArrowLeft');
    equal(await stepOf(editor), last - 1);
    // the sum is that of the branches so far
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll('[data-map="merged"] .cell-text')].map((text) =>
        Number(text.getAttribute('data-value')),
      ),
    );
    deepEqual(shown, [...fold.sums.at(-2)!]);
    deepEqual(editor.complaints, []);
    await editor.close();
  });

  it('play by Space and by button, and stop', async () => {
    const editor = await openFold(dbb);
    const { page } = editor;
    await page.getByTestId('fold').focus();
    await page.keyboard.press(' ');
    await page.waitForFunction(
      () => document.querySelector('[data-testid="fold-step"]')?.getAttribute('data-step') === '1',
    );
    await page.locator('[aria-label="Pause"]').click();
    const at = await stepOf(editor);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    equal(await stepOf(editor), at);
    await page.locator('[aria-label="Play the fold"]').click();
    await page.waitForFunction(
      (old) => Number(document.querySelector('[data-testid="fold-step"]')?.getAttribute('data-step')) > old,
      at,
    );
    await editor.close();
  });

  it('move nothing where reduced motion is asked for: steps only', async () => {
    const editor = await openFold(dbb);
    const { page } = editor;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.locator('[aria-label="Play the fold"]').waitFor({ state: 'hidden' });
    await page.getByTestId('fold').focus();
    await page.keyboard.press('Home');
    for (const at of [1, 2, 3]) {
      await page.keyboard.press(at === 2 ? ' ' : 'ArrowRight');
      equal(await stepOf(editor), at);
      const moving = await page.evaluate(() => document.getAnimations().length);
      equal(moving, 0);
    }
    await editor.close();
  });

  it('slide a small kernel to its taps', async () => {
    const editor = await openFold(dbb);
    const { page } = editor;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.getByTestId('fold').focus();
    const small = wholeFold(dbb, 'b0')!.branches.findIndex(({ place }) =>
      place.count.every((count) => count === 1),
    );
    const placeOf = () =>
      page.evaluate((row) => {
        const path = document.querySelector(`[data-branch="${row}"] [data-map] path[class^="heat"]`)!;
        return path.getBoundingClientRect().left;
      }, small);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const before = await placeOf();
    await page.keyboard.press('ArrowRight');
    ok((await placeOf()) - before > 20, 'it moved into the middle');
    await editor.close();
  });
});
