import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detection } from '../../../src/core/detect/detect';
import { ProblemError, unwrap } from '../../../src/core/result';
import { diskFiles } from '../../../src/worker/files/diskFiles';
import { foldBlock } from '../../../src/worker/jobs/foldBlock';
import { verifyFiles } from '../../../src/worker/jobs/verifyFiles';
import { modelHandlers } from '../../../src/worker/modelHandlers';
import { detectSpec } from '../detect/merges';
import { Net } from '../detect/net';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const fixtures = join(__dirname, '..', '..', 'fixtures');
const ortFolder = join(__dirname, '..', '..', '..', 'node_modules', 'onnxruntime-web', 'dist');

describe('modelHandlers', () => {
  const at = useTemporaryFolder();
  const context = { signal: new AbortController().signal };
  let labels: string[];
  let handlers: ReturnType<typeof modelHandlers>;
  let model: string;

  beforeEach(() => {
    labels = [];
    handlers = modelHandlers({
      files: diskFiles,
      verify: async ({ original, fused, sizes, ...rest }, watch) => {
        const options = { ...rest, sizes: new Map(Object.entries(sizes)), ortFolder };
        return unwrap(await verifyFiles(original, fused, options, watch));
      },
      progress: (job, _, label) => labels.push(`${job} ${label}`),
    });
    model = at('net.onnx');
    copyFileSync(join(fixtures, 'models', 'repvgg.legacy.onnx'), model);
  });

  it('opens a model and answers questions about it', async () => {
    const view = await handlers.open({ path: model, job: 3 }, context);
    assert.deepEqual(
      view.blocks.map(({ id, status }) => [id, status]),
      [['b0', 'fusable']],
    );
    assert.ok(labels.includes('3 reading the model'));
    assert.equal((await handlers.blockGraph({ path: model, id: 'b0' }, context))?.id, 'b0');
    assert.equal(await handlers.blockGraph({ path: model, id: 'b9' }, context), null);
    const conv = view.blocks[0]?.nodes.find((name) => name.endsWith('Conv')) ?? '';
    const node = await handlers.node({ path: model, name: conv }, context);
    assert.equal(node?.opType, 'Conv');
    const weight = node?.inputs.find(({ constant }) => constant)?.name ?? '';
    assert.ok(((await handlers.tensor({ path: model, name: weight }, context))?.max ?? 0) > 0);
  });

  it('opens what it is asked about by itself, and reads again what has changed on disk', async () => {
    const graph = await handlers.blockGraph({ path: model, id: 'b0' }, context);
    assert.equal(graph?.before.vertices.length, 7);
    copyFileSync(join(fixtures, 'refuse', 'plain_resnet.onnx'), model);
    utimesSync(model, new Date(), new Date(Date.now() + 5000));
    assert.equal(await handlers.blockGraph({ path: model, id: 'b0' }, context), null);
  });

  it('folds a block, shows one pair of channels, and stops soon when it is cancelled', async () => {
    const fold = await handlers.fold({ path: model, id: 'b0' }, context);
    assert.equal(fold?.branches.length, 3);
    assert.equal(await handlers.fold({ path: model, id: 'b9' }, context), null);
    const pair = await handlers.foldPair({ path: model, id: 'b0', out: 1, input: 0 }, context);
    assert.equal(pair?.branches.length, 3);
    assert.equal(await handlers.foldPair({ path: model, id: 'b0', out: 99, input: 0 }, context), null);
    const controller = new AbortController();
    const { detection } = slowFold();
    const work = foldBlock(detection, 'b0', controller.signal);
    setTimeout(() => controller.abort(), 30);
    const started = Date.now();
    await assert.rejects(work, (error: ProblemError) => error.problem.code === 'cancelled');
    assert.ok(Date.now() - started < 1500, 'long before the end');
  });

  it('names the open sizes with one worth trying', async () => {
    assert.deepEqual(await handlers.openSizes({ path: model }, context), [
      { symbol: 'N', input: 'x', shape: 'N×12×14×14', suggestion: 1 },
    ]);
  });

  it('lists the files beside a model that its weights lie in', async () => {
    copyFileSync(join(fixtures, 'onnx', 'external.onnx'), at('external.onnx'));
    copyFileSync(join(fixtures, 'onnx', 'external.bin'), at('external.bin'));
    assert.deepEqual(await handlers.companions({ path: at('external.onnx') }, context), ['external.bin']);
    assert.deepEqual(await handlers.companions({ path: model }, context), []);
  });

  it('fuses, and never replaces a file unasked', async () => {
    const output = at('net.fused.onnx');
    const params = { path: model, output, only: null, force: false, job: 1 };
    const report = await handlers.fuse(params, context);
    assert.deepEqual(report.fused, ['b0']);
    const written = readFileSync(output);
    await assert.rejects(
      Promise.resolve(handlers.fuse(params, context)),
      (error) => error instanceof ProblemError && error.problem.code === 'exists',
    );
    assert.deepEqual(readFileSync(output), written);
    await handlers.fuse({ ...params, force: true }, context);
  });

  it('raises a cancelled problem for a job that was cancelled, and says when it has ended', async () => {
    const controller = new AbortController();
    controller.abort();
    const job = Promise.resolve(
      handlers.fuse(
        { path: model, output: at('net.fused.onnx'), only: null, force: false, job: 5 },
        { signal: controller.signal },
      ),
    );
    const ended = handlers.ended({ job: 5 }, context);
    await assert.rejects(job, (error) => error instanceof ProblemError && error.problem.code === 'cancelled');
    await ended;
    assert.equal(existsSync(at('net.fused.onnx')), false);
  });

  it('verifies on wasm where there is no view, at the sizes it is given', async () => {
    const fused = at('net.fused.onnx');
    await handlers.fuse({ path: model, output: fused, only: null, force: false, job: 1 }, context);
    const params = { original: model, fused, samples: 1, seed: 1, sizes: { N: 3 }, inputs: [], job: 2 };
    const report = await handlers.verify(params, context);
    assert.equal(report.verdict, 'equivalent');
    assert.equal(report.provider, 'wasm');
    assert.match(report.reason, /x 3×12×14×14/);
  });

  it('says what is wrong with a file in one sentence', async () => {
    writeFileSync(model, 'no model');
    await assert.rejects(
      async () => handlers.blockGraph({ path: model, id: 'b0' }, context),
      (error) => error instanceof ProblemError && /net\.onnx/.test(error.message),
    );
  });
});

/** A sequence of two wide convolutions beside another: a second of work. */
function slowFold(): { readonly detection: Detection } {
  const net = new Net('float32');
  const wide = 300;
  const conv = (input: string, kernel: number): string =>
    net.conv(input, [wide, wide], kernel, { pad: (kernel - 1) / 2, bias: false });
  const sum = net.node('Add', [conv(conv('x', 1), 3), conv('x', 3)]);
  return { detection: detectSpec(net.spec([1, wide, 8, 8], sum)) };
}
