import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { RunnerAssets } from '../../src/protocol/bootstrap';
import { jobOf, openReport, type FakeReport } from './support/fakeReport';
import { DIFFERENT, EQUIVALENT, SPEED } from './support/reports';
import { stage } from './support/stage';
import { stubWorker } from './support/stubWorker';

type Answer = Parameters<typeof stubWorker>[0];

let files = 0;

/** Opens the view with a stub for its worker. */
async function open(answer: Answer, remembered?: unknown): Promise<FakeReport & { readonly model: string }> {
  const { browser, server } = await stage();
  files += 1;
  const runner: RunnerAssets = {
    script: server.put(`/worker${files}.js`, stubWorker(answer)),
    wasm: server.put('/runtime.wasm', new Uint8Array(12)),
  };
  const report = await openReport({ browser, server }, { runner, remembered });
  await report.told('ready');
  return { ...report, model: server.put('/model.onnx', new Uint8Array(10)) };
}

describe('report: running a job', () => {
  it('greets the host with what WebGPU offers, and says what the view is for', async () => {
    const report = await open({ hangs: true });
    const { gpu } = await report.told('ready');
    ok(gpu.available && /swiftshader/.test(gpu.adapter), JSON.stringify(gpu));
    match(await report.page.getByTestId('idle').innerText(), /Nothing verified yet/);
    await report.close();
  });

  it('fetches models and runtime, transfers them to the worker, passes progress and report on', async () => {
    const report = await open({ report: EQUIVALENT });
    await report.rpc.call('verify', jobOf(report.model, report.model));
    deepEqual(await report.told('finished'), { id: 1, report: EQUIVALENT });
    const labels = report.progress.map(({ label }) => label);
    ok(labels.includes('got 10 and 10 and 12 bytes'), labels.join('; '));
    const fractions = report.progress.map(({ fraction }) => fraction);
    deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
    await report.page.getByTestId('verdict').waitFor();
    deepEqual(report.complaints, []);
    await report.close();
  });

  it('cancels at once from its own button, though the worker is deaf', async () => {
    const report = await open({ hangs: true });
    await report.rpc.call('verify', jobOf(report.model, report.model));
    await report.page.getByTestId('cancel').click();
    const start = performance.now();
    const { id, problem } = await report.told('failed');
    ok(performance.now() - start < 1000, 'within a second');
    deepEqual([id, problem.code], [1, 'cancelled']);
    await report.page.getByTestId('cancelled').waitFor();
    await report.close();
  });

  it('cancels when the host says so; only the job that is meant', async () => {
    const report = await open({ hangs: true });
    await report.rpc.call('verify', jobOf(report.model, report.model, { id: 7 }));
    await report.page.getByTestId('running').waitFor();
    await report.rpc.call('cancel', { id: 6 });
    ok(await report.page.getByTestId('running').isVisible());
    const start = performance.now();
    const answer = await report.rpc.call('cancel', { id: 7 }, { timeout: 1000 });
    ok(answer.ok && performance.now() - start < 1000, 'within a second');
    await report.page.getByTestId('cancelled').waitFor();
    await report.close();
  });

  it('ends a job when a new one comes, and runs that', async () => {
    const report = await open({ report: DIFFERENT });
    await report.rpc.call('verify', jobOf(report.model, report.model, { id: 1 }));
    await report.rpc.call('verify', jobOf(report.model, report.model, { id: 2 }));
    equal((await report.told('finished')).id, 2);
    const ends = report.calls.filter(([name]) => name !== 'ready').map(([name]) => name);
    deepEqual(ends, ['failed', 'finished']);
    await report.close();
  });

  it('says what is wrong within the width of a narrow panel', async () => {
    const report = await open({ report: DIFFERENT });
    await report.page.setViewportSize({ width: 460, height: 900 });
    await report.rpc.call('verify', jobOf(report.model, report.model));
    await report.page.getByTestId('fault').first().waitFor();
    const beyond = await report.page.evaluate(() =>
      [...document.querySelectorAll('[data-testid="fault"] p')].map(
        (line) => line.getBoundingClientRect().right - document.documentElement.clientWidth,
      ),
    );
    ok(beyond.length > 1 && Math.max(...beyond) <= 0, beyond.join());
    await report.close();
  });

  const failures = [
    ['the worker’s own problem', { problem: 'The device was lost; verify again.' }, /The device was lost/],
    ['a crash of the worker', { throws: 'out of memory' }, /worker .* stopped: .*out of memory/],
  ] as const;
  for (const [title, answer, sentence] of failures) {
    it(`shows and reports ${title}`, async () => {
      const report = await open(answer);
      await report.rpc.call('verify', jobOf(report.model, report.model));
      match((await report.told('failed')).problem.message, sentence);
      await report.page.getByTestId('failed').waitFor();
      match(await report.page.getByTestId('failed').innerText(), sentence);
      await report.close();
    });
  }

  it('verifies on wasm where WebGPU gives up, and says so', async () => {
    const lost = 'The GPU device (acme) was lost.';
    const report = await open({
      gpuProblem: lost,
      onWasm: { ...EQUIVALENT, provider: 'wasm', adapter: null },
    });
    await report.rpc.call('verify', jobOf(report.model, report.model));
    const told = await report.told('finished');
    equal(told.report.provider, 'wasm');
    match(told.report.reason, /WebGPU was given up: The GPU device \(acme\) was lost\.$/);
    ok(report.progress.some(({ label }) => label.includes('wasm')));
    await report.close();
  });

  it('times two models: what it found, each block, and which are slower', async () => {
    const report = await open({ speed: SPEED });
    const { inputs, samples, seed, ...job } = jobOf(report.model, report.model);
    ok(inputs.chosen.length === 0 && samples > 0 && seed > 0);
    await report.rpc.call('bench', job);
    deepEqual(await report.told('benched'), { id: 1, speed: SPEED });
    equal(await report.page.getByTestId('speed-summary').innerText(), SPEED.summary);
    const rows = report.page.locator('table[data-testid="speed-blocks"] tr[data-block-id]');
    deepEqual(
      (await rows.allInnerTexts()).map((row) => row.split('\t').map((cell) => cell.trim())),
      [
        ['b0', '2 ms (1.9–2.1)', '2.4 ms (2.28–2.52)', '0.833', 'slower'],
        ['b1', 'The sizes of its input are not known.'],
      ],
    );
    await rows.first().locator('button').click();
    deepEqual(await report.told('revealBlock'), { id: 'b0' });
    await report.close();
  });

  it('names the file that cannot be read', async () => {
    const report = await open({ hangs: true });
    const gone = report.model.replace('model.onnx', 'gone.onnx');
    await report.rpc.call('verify', jobOf(report.model, gone));
    match(
      (await report.told('failed')).problem.message,
      /^“model\.fused\.onnx” can’t be read \(status 404\)/,
    );
    await report.close();
  });

  it('says so when the page came without a runner', async () => {
    const report = await openReport(await stage());
    await report.told('ready');
    await report.rpc.call('verify', jobOf('x', 'y'));
    match((await report.told('failed')).problem.message, /without its runner/);
    await report.close();
  });
});

describe('report: what it shows', () => {
  let report: FakeReport;

  before(async () => {
    const opened = await open({ report: DIFFERENT });
    await opened.rpc.call('verify', jobOf(opened.model, opened.model));
    await opened.page.getByTestId('verdict').waitFor();
    report = opened;
  });
  after(() => report.close());

  it('the verdict, its reason and where it ran', async () => {
    equal(await report.page.getByTestId('verdict').getAttribute('data-verdict'), 'not-equivalent');
    equal(await report.page.getByTestId('reason').innerText(), DIFFERENT.reason);
    equal(await report.page.getByTestId('provider').getAttribute('data-provider'), 'wasm');
    equal(await report.page.getByTestId('adapter').innerText(), 'none used');
  });

  it('outputs, the worst first', async () => {
    const rows = await report.page.locator('[data-testid="outputs"] tbody tr').allInnerTexts();
    deepEqual(
      rows.map((row) => row.split('\t')[0]),
      ['y', 'features', 'aux'],
    );
    deepEqual(
      rows[0]!
        .split('\t')
        .slice(1)
        .map((cell) => cell.trim()),
      ['0.184', '1.9e−6', '0.071', '0.0213', '0.9312', '[0, 3, 7, 11]', '75 % / 90 %'],
    );
    equal(await report.page.locator('[data-over="true"]').count(), 1);
  });

  it('pictures of the errors, the sizes of them and what merging changed', async () => {
    for (const id of ['error-map', 'change-bars']) {
      await report.page.getByTestId(id).waitFor();
      ok((await report.page.locator(`[data-testid="${id}"] rect`).count()) > 3, id);
    }
    await report.page.locator('[data-testid="histogram"] summary').first().click();
    await report.page.getByTestId('histogram-picture').first().waitFor();
    equal(await report.page.getByTestId('top').first().innerText(), '75 % / 90 %');
    match(await report.page.getByTestId('files').innerText(), new RegExp('0a'.repeat(32)));
  });

  it('saves itself as Markdown and as JSON', async () => {
    await report.page.getByTestId('save-md').click();
    const { format, text } = await report.told('save');
    equal(format, 'md');
    match(text, /^# Not equivalent: model\.fused\.onnx/);
    await report.page.locator('.copy [role="status"]:has-text("Saved.")').waitFor();
    await report.page.getByTestId('save-json').click();
    await new Promise((settle) => setTimeout(settle, 300));
    const saved = report.calls
      .filter(([name]) => name === 'save')
      .map(([, file]) => file as { text: string });
    deepEqual(JSON.parse(saved[1]?.text ?? ''), JSON.parse(JSON.stringify(DIFFERENT)));
  });

  it('blocks, the worst first, with their faults', async () => {
    const rows = report.page.locator('[data-testid="blocks"] tr[data-block-id]');
    equal(await rows.first().getAttribute('data-block-id'), 'b1');
    match(await rows.first().innerText(), /Not equivalent\s+38,200/);
    const faults = report.page.getByTestId('fault');
    equal(await faults.count(), 2);
    equal(await faults.first().getAttribute('data-kind'), 'identity-branch');
    match(await faults.first().innerText(), /99 % of the difference/);
  });

  it('draws the ratio on a logarithmic scale, the bound in the middle', async () => {
    const widths = await report.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.ratio-fill')].map((bar) => parseFloat(bar.style.width)),
    );
    // 38,200 is beyond the scale; 0.19 stands at (log10(0.19) + 3) / 6 of it, CSS keeps four digits
    equal(widths[0], 100);
    ok(Math.abs(widths[1]! - (100 * (Math.log10(0.19) + 3)) / 6) < 0.01, String(widths[1]));
  });

  it('leads to a block in the editor', async () => {
    await report.page.locator('[data-testid="blocks"] button').first().click();
    deepEqual(await report.told('revealBlock'), { id: 'b1' });
  });

  it('copies itself as text and as JSON', async () => {
    await report.page.evaluate(() => {
      const page = window as unknown as { copied: string[] };
      page.copied = [];
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: (text: string) => Promise.resolve(void page.copied.push(text)) },
      });
    });
    await report.page.getByTestId('copy-text').click();
    await report.page.getByTestId('copy-json').click();
    const [text = '', json = ''] = await report.page.evaluate(
      () => (window as unknown as { copied: string[] }).copied,
    );
    match(text, /^Not equivalent: Block b1 differs/);
    match(text, /y: max \|Δ\| 0\.184, tolerance 1\.9e−6/);
    match(text, /identity-branch: The kernel differs/);
    deepEqual(JSON.parse(json), { original: 'model.onnx', fused: 'model.fused.onnx', ...DIFFERENT });
  });

  it('comes back after its page was loaded again', async () => {
    const again = await open({ hangs: true }, await report.state());
    equal(await again.page.getByTestId('reason').innerText(), DIFFERENT.reason);
    await again.close();
  });
});
