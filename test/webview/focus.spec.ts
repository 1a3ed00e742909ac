import { deepEqual, equal } from 'node:assert/strict';
import { openEditor, readyState, type FakeEditor } from './support/fakeEditor';
import { jobOf, openReport } from './support/fakeReport';
import { fixture } from './support/models';
import { EQUIVALENT } from './support/reports';
import { stage } from './support/stage';
import { stubWorker } from './support/stubWorker';
import type { Page } from './support/playwright';

const detection = fixture('models/acnet.preserve.onnx');
const STATE = readyState(detection, 'acnet.onnx');

/** What has the focus, and whether a person can see that. */
function focus(page: Page): Promise<{ readonly at: string; readonly seen: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      at: element.dataset['testid'] ?? element.tagName,
      seen: element !== document.body && outlineStyle !== 'none' && parseFloat(outlineWidth) > 0,
    };
  });
}

/** Time enough for calls to come. */
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 300));

describe('the focus, where things come and go', () => {
  let editor: FakeEditor;
  beforeEach(async () => {
    editor = await openEditor(await stage(), detection);
    await editor.page.locator('[data-card]').first().waitFor();
  });
  afterEach(() => editor.close());

  for (const button of ['fuse-all', 'verify', 'fuse-block']) {
    it(`stays on the button through what it started: ${button}`, async () => {
      const { page } = editor;
      while ((await focus(page)).at !== button) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await editor.show({ ...STATE, job: { kind: 'fuse', fraction: 0.5, label: 'writing' } });
      await page.getByTestId('job').waitFor();
      deepEqual(await focus(page), { at: button, seen: true });
      await page.keyboard.press('Enter');
      equal(editor.calls.length, 1, 'it does nothing while it is busy');
      await editor.show({ ...STATE, verdict: { verdict: 'equivalent', reason: 'All agree.' } });
      await page.getByTestId('verdict').waitFor();
      deepEqual(await focus(page), { at: button, seen: true });
    });
  }

  it('asks nothing of the model again while a job runs, all of it when the file was read again', async () => {
    // the first state that a spec sends is another model than the one that was opened
    await editor.show(STATE);
    await settle();
    const before = editor.asked.length;
    for (const fraction of [0.1, 0.4, 0.7])
      await editor.show({ ...STATE, job: { kind: 'fuse', fraction, label: 'writing' } });
    await settle();
    deepEqual(editor.asked.slice(before), []);
    await editor.show(readyState(detection, 'acnet.onnx'));
    await settle();
    deepEqual(editor.asked.slice(before), ['blockGraph']);
  });

  it('comes back to where it was after VS Code had it, unless somebody clicked beside everything', async () => {
    const { page } = editor;
    const away = (): Promise<void> =>
      page.evaluate(() => {
        (document.activeElement as HTMLElement).blur();
        window.dispatchEvent(new Event('focus'));
      });
    await page.getByTestId('tab-graph').focus();
    await away();
    equal((await focus(page)).at, 'tab-graph');
    await page.locator('.fact').first().click();
    await away();
    equal((await focus(page)).at, 'BODY');
  });

  it('goes on to Verify when Cancel is no more', async () => {
    const { page } = editor;
    await editor.show({ ...STATE, job: { kind: 'verify', fraction: 0.5, label: 'sample 1' } });
    while ((await focus(page)).at !== 'cancel') await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await editor.show(STATE);
    await page.getByTestId('job').waitFor({ state: 'hidden' });
    deepEqual(await focus(page), { at: 'verify', seen: true });
  });

  it('goes on to Verify when a sentence is dismissed', async () => {
    const failing = await openEditor(await stage(), detection, { failing: { verify: 'The disk is full.' } });
    const { page } = failing;
    await page.getByTestId('verify').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('problem').waitFor();
    await page.keyboard.press('Tab');
    while ((await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) !== 'Dismiss')
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByTestId('problem').waitFor({ state: 'hidden' });
    deepEqual(await focus(page), { at: 'verify', seen: true });
    await failing.close();
  });
});

describe('the focus in the report', () => {
  it('goes from Cancel to the verdict that takes its place', async () => {
    const { browser, server } = await stage();
    const bytes = server.put('/bytes', new Uint8Array(4));
    const script = server.put('/focus.js', stubWorker({ report: EQUIVALENT, delay: 1500 }));
    const report = await openReport({ browser, server }, { runner: { script, wasm: bytes } });
    await report.told('ready');
    await report.rpc.call('verify', jobOf(bytes, bytes));
    await report.page.getByTestId('cancel').focus();
    await report.page.getByTestId('verdict').waitFor();
    equal((await focus(report.page)).at, 'H1');
    await report.close();
  });
});
