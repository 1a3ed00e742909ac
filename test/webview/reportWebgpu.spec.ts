import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerAssets } from '../../src/protocol/bootstrap';
import { startBrowser } from './support/browser';
import { jobOf, openReport } from './support/fakeReport';
import { fixture, fixtureBytes, fusedBytes } from './support/models';
import type { TestServer } from './support/server';
import { stage } from './support/stage';

const root = join(__dirname, '../..');

/** The real worker and the real runtime. */
async function realRunner(server: TestServer): Promise<RunnerAssets> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/worker/runnerWorker.ts'],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': '"blob:runner"' },
    write: false,
    logLevel: 'warning',
  });
  const wasm = join(root, 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm');
  return {
    script: server.put('/runnerWorker.js', outputFiles[0]!.contents),
    wasm: server.put('/ort.wasm', new Uint8Array(readFileSync(wasm))),
  };
}

describe('report: real models in the real worker', () => {
  let runner: RunnerAssets;

  before(async () => {
    runner = await realRunner((await stage()).server);
  });

  it('measures a fused model on WebGPU and finds it equivalent', async () => {
    const { browser, server } = await stage();
    const original = fixture('models/repvgg.legacy.onnx');
    const report = await openReport({ browser, server }, { runner });
    await report.told('ready');
    const job = jobOf(
      server.put('/original.onnx', fixtureBytes('models/repvgg.legacy.onnx')),
      server.put('/fused.onnx', await fusedBytes(original)),
    );
    const { page } = report;
    await report.rpc.call('verify', job);
    await page.getByTestId('verdict').waitFor({ timeout: 120_000 });
    const { report: found } = await report.told('finished');
    deepEqual([found.verdict, found.provider], ['equivalent', 'webgpu'], found.reason);
    match(await page.getByTestId('adapter').innerText(), /swiftshader/);
    equal(await page.getByTestId('verdict').getAttribute('data-verdict'), 'equivalent');
    equal(await page.locator('[data-testid="outputs"] [data-over="true"]').count(), 0);
    const steps = report.progress.map(({ label }) => label);
    ok(
      steps.some((step) => step.startsWith('webgpu: ')),
      steps.join('; '),
    );
    deepEqual(report.complaints, []);
    await report.close();
  }).timeout(180_000);

  it('without an adapter measures on wasm, says so, and finds a dropped identity branch', async () => {
    const { server } = await stage();
    const browser = await startBrowser({ webgpu: false });
    try {
      const report = await openReport({ browser, server }, { runner });
      const { gpu } = await report.told('ready');
      equal(gpu.available, false);
      await report.rpc.call(
        'verify',
        jobOf(
          server.put('/train.onnx', fixtureBytes('pairs/identity_dropped.train.onnx')),
          server.put('/deploy.onnx', fixtureBytes('pairs/identity_dropped.deploy.onnx')),
        ),
      );
      await report.page.getByTestId('verdict').waitFor({ timeout: 120_000 });
      const { report: found } = await report.told('finished');
      deepEqual(
        [found.verdict, found.provider, found.adapter],
        ['not-equivalent', 'wasm', null],
        found.reason,
      );
      equal(await report.page.getByTestId('reason').innerText(), found.reason);
      equal(
        await report.page.locator('[data-testid="blocks"] tr[data-verdict="not-equivalent"]').count(),
        found.blocks.filter(({ verdict }) => verdict === 'not-equivalent').length,
      );
    } finally {
      await browser.close();
    }
  }).timeout(180_000);
});
