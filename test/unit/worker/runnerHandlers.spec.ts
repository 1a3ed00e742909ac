import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelRunner } from '../../../src/core/ports';
import { fail, ok, ProblemError } from '../../../src/core/result';
import { decodePicture } from '../../../src/platform/node/decodePicture';
import { hash } from '../../../src/platform/web/hash';
import { runnerHandlers, type RunnerEnvironment } from '../../../src/worker/runnerHandlers';
import { evaluatorRunner } from '../verify/evaluatorRunner';

const fixtures = join(__dirname, '..', '..', 'fixtures');

function load(path: string): ArrayBuffer {
  return new Uint8Array(readFileSync(join(fixtures, path))).buffer;
}

const files = {
  original: { fileName: 'repvgg.onnx', bytes: load('models/repvgg.legacy.onnx'), companions: {} },
  fused: { fileName: 'repvgg.deploy.onnx', bytes: load('models/repvgg.deploy.onnx'), companions: {} },
};
const inputs = { chosen: [], beside: [], pixels: 'unit' as const };
const job = { wasmBinary: new ArrayBuffer(0), webgpu: true, samples: 1, seed: 1, sizes: { N: 2 }, inputs };
const context = { signal: new AbortController().signal };

function environment(overrides: Partial<RunnerEnvironment> = {}): RunnerEnvironment {
  const webgpu = fail('unsupported', 'WebGPU offers no adapter here.');
  return {
    gpu: () => Promise.resolve({ available: false, reason: 'none' }),
    runners: () => Promise.resolve({ wasm: evaluatorRunner(), webgpu }),
    progress: () => undefined,
    hash,
    decodePicture,
    ...overrides,
  };
}

describe('runnerHandlers', () => {
  it('verifies from bytes, at the sizes it is given, and tells how far it is', async () => {
    const fractions: number[] = [];
    const handlers = runnerHandlers(environment({ progress: (fraction) => fractions.push(fraction) }));
    const report = await handlers.verify({ ...files, ...job }, context);
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.match(report.reason, /x 2×12×14×14.*measured on wasm only: WebGPU offers no adapter here\./);
    const digest = createHash('sha256').update(new Uint8Array(files.fused.bytes)).digest('hex');
    assert.equal(report.files.fused.sha256, digest);
    assert.ok(fractions.length > 2 && fractions.every((one) => one >= 0 && one <= 1));
  });

  it('does not speak of a GPU that was not asked for', async () => {
    const report = await runnerHandlers(environment()).verify({ ...files, ...job, webgpu: false }, context);
    assert.doesNotMatch(report.reason, /WebGPU/);
  });

  it('reads external data from the buffers that came along, and says what is missing', async () => {
    const external = load('onnx/external.onnx');
    const model = {
      fileName: 'external.onnx',
      bytes: external,
      companions: { 'external.bin': load('onnx/external.bin') },
    };
    const handlers = runnerHandlers(environment());
    const report = await handlers.verify({ original: model, fused: model, ...job, sizes: {} }, context);
    assert.notEqual(report.verdict, 'not-equivalent', report.reason);
    await assert.rejects(
      handlers.verify({ original: { ...model, companions: {} }, fused: model, ...job, sizes: {} }, context),
      /"external\.bin"/,
    );
  });

  it('runs on files that came along, and times both models', async () => {
    const handlers = runnerHandlers(environment());
    const png = { fileName: 'a.png', bytes: load('inputs/rgb.png') };
    const chosen = { ...inputs, chosen: [png] };
    // the model wants 12 channels, no picture
    await assert.rejects(
      handlers.verify({ ...files, ...job, inputs: chosen }, context),
      /"a\.png" is a picture, but/,
    );
    const speed = await handlers.bench({ ...files, ...job, webgpu: false, sizes: { N: 1 } }, context);
    assert.ok((speed.whole?.before.runs ?? 0) >= 5 && speed.blocks.length === 1, speed.summary);
    await assert.rejects(handlers.bench({ ...files, ...job }, context), /no adapter/);
  });

  it('fails with one sentence when the device is lost, instead of judging by what never ran', async () => {
    const never: ModelRunner['load'] = () => new Promise(() => undefined);
    const problem = { code: 'failed', message: 'The GPU device (acme gpu) was lost; run it again.' } as const;
    const lost = new Promise<never>((_, reject) => setTimeout(() => reject(new ProblemError(problem)), 50));
    lost.catch(() => undefined);
    const webgpu = ok({
      ...evaluatorRunner(),
      provider: 'webgpu' as const,
      adapter: 'acme gpu',
      load: never,
      lost,
    });
    const handlers = runnerHandlers(
      environment({ runners: () => Promise.resolve({ wasm: evaluatorRunner(), webgpu }) }),
    );
    await assert.rejects(
      handlers.verify({ ...files, ...job }, context),
      (error) => error instanceof ProblemError && error.problem.message === problem.message,
    );
  });
});
