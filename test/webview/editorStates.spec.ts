import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { EditorState } from '../../src/protocol/editor';
import { startBrowser } from './support/browser';
import { openEditor, readyState } from './support/fakeEditor';
import { fixture, manyBlocks, openedFixture } from './support/models';
import { stage } from './support/stage';

const acnet = fixture('models/acnet.preserve.onnx');

describe('model editor: states', () => {
  it('goes from loading to ready', async () => {
    const loading: EditorState = { status: 'loading', fileName: 'a.onnx', fraction: 0.5, label: 'reading' };
    const editor = await openEditor(await stage(), acnet, { first: loading });
    const bar = editor.page.locator('[role="progressbar"]');
    await editor.page.getByTestId('loading').waitFor();
    equal(await bar.getAttribute('aria-valuenow'), '50');
    await editor.show({ ...loading, fraction: 0.75 });
    equal(await bar.getAttribute('aria-valuenow'), '75');
    await editor.show(readyState(acnet, 'a.onnx'));
    await editor.page.getByTestId('fuse-all').waitFor();
    await editor.close();
  });

  it('shows why a file failed, and reads it again on demand', async () => {
    const message = 'The file "a.onnx" ends in the middle of a tensor; export it again.';
    const editor = await openEditor(await stage(), acnet, {
      first: { status: 'failed', fileName: 'a.onnx', problem: { code: 'bad-input', message } },
    });
    await editor.page.getByTestId('failed').waitFor();
    ok((await editor.page.getByTestId('failed').innerText()).includes(message));
    await editor.page.locator('[data-testid="failed"] button').click();
    deepEqual(editor.calls, [['reload', null]]);
    await editor.show(readyState(acnet, 'a.onnx'));
    await editor.page.getByTestId('fuse-all').waitFor();
    await editor.close();
  });

  it('offers to give shapes where others may help', async () => {
    const message = 'The kernel wants 3 channels, the input has 4; give the shapes of the inputs.';
    const editor = await openEditor(await stage(), acnet, {
      first: {
        ...{ status: 'failed', fileName: 'a.pt', problem: { code: 'usage', message } },
        offersShapes: true,
      },
    });
    await editor.page.getByTestId('set-shapes').click();
    deepEqual(editor.calls, [['setShapes', null]]);
    await editor.close();
  });

  it('offers to give shapes of a script, says whose they are, and of what PyTorch calls a node', async () => {
    const script = openedFixture('torch/files/scripted.pt');
    const editor = await openEditor(await stage(), script, { first: readyState(script, 'a.pt') });
    const { page } = editor;
    const button = page.getByTestId('set-shapes');
    await button.waitFor();
    equal(await button.innerText(), 'Set Input Shapes…');
    match(await page.locator('.header .title').innerText(), /TorchScript · PyTorch$/);
    await button.click();
    deepEqual(editor.calls, [['setShapes', null]]);
    await page.locator('[data-testid="branch-graph"] [data-node]').first().click();
    await page.getByTestId('node-call').waitFor();
    match(await page.getByTestId('node-call').innerText(), /^In the file: aten\.(conv2d|batch_norm)$/);
    await editor.show({ ...readyState(script, 'a.pt'), givenShapes: true });
    await page.locator('[data-testid="set-shapes"]:has-text("Change Input Shapes…")').waitFor();
    await editor.show(readyState(acnet, 'a.onnx'));
    await button.waitFor({ state: 'hidden' });
    await editor.close();
  });

  it('shows a sentence where the host does not answer at all', async () => {
    const editor = await openEditor(await stage(), acnet, { failing: { ready: 'The worker is gone.' } });
    await editor.page.getByTestId('failed').waitFor();
    match(await editor.page.getByTestId('failed').innerText(), /The worker is gone\./);
    await editor.close();
  });

  it('shows a sentence for each call that fails', async () => {
    const failing = {
      fuse: 'The folder is read-only; save a copy elsewhere.',
      blockGraph: 'The graph was lost.',
    };
    const { page, close } = await openEditor(await stage(), acnet, { failing });
    await page.getByTestId('graph-failed').waitFor();
    equal(await page.getByTestId('graph-failed').innerText(), failing.blockGraph);
    await page.getByTestId('fuse-all').click();
    await page.getByTestId('problem').waitFor();
    equal(await page.getByTestId('problem').innerText(), failing.fuse);
    await page.locator('[data-testid="problem"] button').click();
    await page.getByTestId('problem').waitFor({ state: 'hidden' });
    await close();
  });

  it('shows a sentence for a node and a weight that cannot be read', async () => {
    const failing = { tensor: 'The weight lies outside the file.' };
    const { page, close } = await openEditor(await stage(), acnet, { failing });
    await page.locator('[data-card]').nth(1).click();
    await page.getByTestId('constant').first().click();
    await page.locator('.values p').waitFor();
    equal(await page.locator('.values p').innerText(), failing.tensor);
    await close();
  });

  it('reads out progress and verdict', async () => {
    const editor = await openEditor(await stage(), acnet);
    const state = readyState(acnet, 'a.onnx');
    const announcer = editor.page.getByTestId('announcer');
    await editor.page.getByTestId('fuse-all').waitFor();
    await editor.show({ ...state, job: { kind: 'verify', fraction: 0.3, label: 'sample 1 of 2' } });
    equal(await announcer.textContent(), 'Verifying: sample 1 of 2');
    equal(await editor.page.locator('[role="progressbar"]').getAttribute('aria-valuenow'), '30');
    await editor.show({ ...state, verdict: { verdict: 'equivalent', reason: 'All outputs agree.' } });
    equal(await announcer.textContent(), 'Equivalent: All outputs agree.');
    equal(await editor.page.getByTestId('verdict').getAttribute('data-verdict'), 'equivalent');
    await editor.close();
  });

  it('remembers the chosen block, and shows what the host reveals', async () => {
    const detection = manyBlocks(3);
    const place = await stage();
    const first = await openEditor(place, detection);
    await first.page.locator('[data-block-id="b1"][data-testid="block"]').click();
    await first.page.locator('[data-testid="branch-graph"][data-block-id="b1"]').waitFor();
    const remembered = await first.state();
    await first.close();
    const second = await openEditor(place, detection, { remembered });
    await second.page.locator('[data-testid="branch-graph"][data-block-id="b1"]').waitFor();
    await second.rpc.call('reveal', { id: 'b2' });
    await second.page.locator('[data-testid="branch-graph"][data-block-id="b2"]').waitFor();
    await second.close();
  });

  it('takes a new model of the same file', async () => {
    const editor = await openEditor(await stage(), acnet);
    await editor.page.locator('[data-card]').first().waitFor();
    await editor.show(readyState(fixture('refuse/plain_resnet.onnx'), 'a.onnx'));
    await editor.page.getByTestId('no-blocks').waitFor();
    await editor.close();
  });

  it('moves nothing by itself where reduced motion is asked for', async () => {
    const editor = await openEditor(await stage(), acnet);
    await editor.page.emulateMedia({ reducedMotion: 'reduce', forcedColors: 'active' });
    await editor.page.locator('[data-card]').first().waitFor();
    const moving = await editor.page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(', ').some((time) => time !== '0s');
        }).length,
    );
    equal(moving, 0);
    await editor.close();
  });
});

describe('model editor: no WebGPU adapter', () => {
  it('says so, why, and what to try', async () => {
    const { server } = await stage();
    const browser = await startBrowser({ webgpu: false });
    try {
      const { page } = await openEditor({ browser, server }, acnet);
      const line = page.locator('[data-testid="gpu"][data-available="false"]');
      await line.waitFor();
      match(await line.innerText(), /^WebGPU: none, because .+\. Verify runs on the CPU/);
    } finally {
      await browser.close();
    }
  });
});
