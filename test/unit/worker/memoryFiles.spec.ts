import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError, unwrap, type ProblemCode } from '../../../src/core/result';
import { MOST_BYTES } from '../../../src/worker/files/wholeFile';
import { memoryFiles, type MemoryFiles } from '../../../src/worker/files/memoryFiles';
import { fuseFile } from '../../../src/worker/jobs/fuseFile';
import { openFile } from '../../../src/worker/jobs/openFile';
import { modelHandlers } from '../../../src/worker/modelHandlers';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const fixtures = join(__dirname, '..', '..', 'fixtures');

/** A buffer of its own: a small file that Node reads shares one with others. */
const bytesOf = (...path: string[]): ArrayBuffer =>
  new Uint8Array(readFileSync(join(fixtures, ...path))).buffer;

const problem = (code: ProblemCode, words: RegExp) => (error: unknown) =>
  error instanceof ProblemError && error.problem.code === code && words.test(error.message);

describe('models put into the worker', () => {
  const at = useTemporaryFolder();
  const context = { signal: new AbortController().signal };
  const fuse = { path: 'net.onnx', output: 'net.fused.onnx', only: null, force: false, job: 1 };
  let memory: MemoryFiles;
  let handlers: ReturnType<typeof modelHandlers>;

  beforeEach(() => {
    memory = memoryFiles();
    handlers = modelHandlers({ files: memory, verify: null, progress: () => undefined });
    memory.put({ path: 'net.onnx', bytes: bytesOf('models', 'repvgg.legacy.onnx'), companions: {} });
  });

  it('are opened by their name and asked about', async () => {
    const view = await handlers.open({ path: 'net.onnx', job: 1 }, context);
    assert.deepEqual(
      view.blocks.map(({ id, status }) => [id, status]),
      [['b0', 'fusable']],
    );
    assert.equal((await handlers.fold({ path: 'net.onnx', id: 'b0' }, context))?.branches.length, 3);
    await assert.rejects(
      async () => handlers.open({ path: 'other.onnx', job: 1 }, context),
      problem('not-found', /"other\.onnx"/),
    );
  });

  it('are read anew when they are put in again', async () => {
    assert.notEqual(await handlers.blockGraph({ path: 'net.onnx', id: 'b0' }, context), null);
    memory.put({ path: 'net.onnx', bytes: bytesOf('refuse', 'plain_resnet.onnx'), companions: {} });
    assert.equal(await handlers.blockGraph({ path: 'net.onnx', id: 'b0' }, context), null);
  });

  it('are fused into the very bytes that the command line writes', async () => {
    const report = await handlers.fuse(fuse, context);
    assert.deepEqual(report.fused, ['b0']);
    const fused = memory.take('net.fused.onnx');
    copyFileSync(join(fixtures, 'models', 'repvgg.legacy.onnx'), at('net.onnx'));
    unwrap(await fuseFile(unwrap(openFile(at('net.onnx'))), {}));
    assert.ok(fused !== null && readFileSync(at('net.fused.onnx')).equals(new Uint8Array(fused)));
    assert.equal(report.bytesAfter, fused.byteLength);
    assert.equal(memory.take('net.fused.onnx'), null);
  });

  it('replace a fused one only when they are told to, and never the source', async () => {
    await handlers.fuse(fuse, context);
    await assert.rejects(async () => handlers.fuse(fuse, context), problem('exists', /net\.fused\.onnx/));
    await handlers.fuse({ ...fuse, force: true }, context);
    await assert.rejects(
      async () => handlers.fuse({ ...fuse, output: 'net.onnx', force: true }, context),
      problem('usage', /the source itself/),
    );
  });

  it('bring the files along that their weights lie in', async () => {
    const companions = { 'external.bin': bytesOf('onnx', 'external.bin') };
    memory.put({ path: 'external.onnx', bytes: bytesOf('onnx', 'external.onnx'), companions });
    assert.deepEqual(await handlers.companions({ path: 'external.onnx' }, context), ['external.bin']);
    memory.put({ path: 'external.onnx', bytes: bytesOf('onnx', 'external.onnx'), companions: {} });
    await assert.rejects(
      async () => handlers.open({ path: 'external.onnx', job: 1 }, context),
      problem('not-found', /external\.bin/),
    );
  });

  it('are refused beyond the limit in a sentence that says it', () => {
    const bytes = { byteLength: MOST_BYTES + 1 } as ArrayBuffer;
    assert.throws(
      () => memory.put({ path: 'large.onnx', bytes, companions: {} }),
      problem('unsupported', /513 MB .* limit is 512 MB/),
    );
  });

  it('are verified elsewhere, which is said', async () => {
    const params = {
      original: 'net.onnx',
      fused: 'net.onnx',
      samples: 1,
      seed: 1,
      sizes: {},
      inputs: [],
      job: 2,
    };
    await assert.rejects(async () => handlers.verify(params, context), problem('unsupported', /report/));
  });
});
