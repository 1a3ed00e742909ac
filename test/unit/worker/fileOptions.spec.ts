import assert from 'node:assert/strict';
import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError, unwrap } from '../../../src/core/result';
import type { InputShapeList } from '../../../src/protocol/fileOptions';
import { diskFiles } from '../../../src/worker/files/diskFiles';
import { verifyFiles } from '../../../src/worker/jobs/verifyFiles';
import { modelHandlers } from '../../../src/worker/modelHandlers';
import { openOptions } from '../../../src/worker/openOptions';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const fixtures = join(__dirname, '..', '..', 'fixtures', 'torch');
const ortFolder = join(__dirname, '..', '..', '..', 'node_modules', 'onnxruntime-web', 'dist');

describe('shapes of the inputs of TorchScript, in the worker', () => {
  const at = useTemporaryFolder();
  const context = { signal: new AbortController().signal };
  let handlers: ReturnType<typeof modelHandlers>;
  let script: string;

  beforeEach(() => {
    handlers = modelHandlers({
      files: diskFiles,
      verify: async ({ original, fused, sizes, ...rest }, watch, optionsOf) => {
        const said = openOptions(optionsOf(original));
        const options = { ...rest, sizes: new Map(Object.entries(sizes)), ...said, ortFolder };
        return unwrap(await verifyFiles(original, fused, options, watch));
      },
      progress: () => undefined,
    });
    script = at('net.pt');
    copyFileSync(join(fixtures, 'files', 'scripted.pt'), script);
  });

  const shapesAre = (shapes: InputShapeList): unknown =>
    handlers.giveOptions({ options: { [script]: { shapes } } }, context);
  const dims = async (): Promise<unknown> =>
    (await handlers.open({ path: script, job: 1 }, context)).model.inputs[0]?.dims;

  it('are open before any were given, and those that were given afterwards, for all that reads the file', async () => {
    assert.deepEqual(await dims(), ['batch', 3, 'height', 'width']);
    assert.equal((await handlers.openSizes({ path: script }, context)).length, 3);
    shapesAre({ x: [2, 3, 12, 10] });
    assert.deepEqual(await handlers.openSizes({ path: script }, context), [], 'read again with them');
    assert.deepEqual(await dims(), [2, 3, 12, 10]);
    const text = await handlers.text({ path: script }, context);
    assert.match(text.text, /float\[2,3,12,10\] x/);
    assert.deepEqual((await handlers.glimpse({ path: script }, context)).model.inputs[0]?.dims, [
      'batch',
      3,
      'height',
      'width',
    ]);
    shapesAre({});
    assert.deepEqual(await dims(), ['batch', 3, 'height', 'width']);
  });

  it('are what it is verified with', async () => {
    shapesAre({ x: [2, 3, 12, 10] });
    const output = at('net.fused.onnx');
    await handlers.fuse({ path: script, output, only: null, force: false, job: 2 }, context);
    const { verdict, reason } = await handlers.verify(
      { original: script, fused: output, samples: 1, seed: 1, sizes: {}, inputs: [], job: 3 },
      context,
    );
    assert.equal(verdict, 'equivalent', reason);
    assert.match(reason, /x 2×3×12×10/);
  });

  it('make a script that can not be followed without them a model', async () => {
    copyFileSync(join(fixtures, 'files', 'sized.pt'), script);
    await assert.rejects(dims, /depends on sizes that are not known; give the shapes of the inputs/);
    shapesAre({ x: [1, 4, 24, 24] });
    const { model, blocks } = await handlers.open({ path: script, job: 1 }, context);
    assert.deepEqual(model.outputs[0]?.dims, [1, 4, 12, 12]);
    assert.equal(blocks[0]?.status, 'fusable');
  });

  it('are checked by the model itself, with a sentence', async () => {
    assert.equal(
      await handlers.checkOptions({ path: script, options: { shapes: { x: [1, 3, 8, 8] } } }, context),
      null,
    );
    const said = (shapes: InputShapeList): Promise<string> =>
      Promise.resolve(handlers.checkOptions({ path: script, options: { shapes } }, context)).then(
        () => 'nothing',
        (error: unknown) => (error instanceof ProblemError ? error.problem.message : String(error)),
      );
    assert.match(await said({ x: [1, 4, 8, 8] }), /wants 3 channels.*, the input has 4; give the shapes/);
    assert.match(await said({ image: [1, 3, 8, 8] }), /has no input "image".*it has x/);
    assert.match(await said({ x: [1, 3] }), /net\.pt: .*give the shapes of the inputs/);
  });
});

describe('an archive that is open in the editor', () => {
  const at = useTemporaryFolder();
  const context = { signal: new AbortController().signal };
  const handlers = (): ReturnType<typeof modelHandlers> =>
    modelHandlers({ files: diskFiles, verify: null, progress: () => undefined });

  it('has its weights read when somebody looks at them', async () => {
    const path = at('net.pt2');
    copyFileSync(join(fixtures, 'repvgg.pt2'), path);
    const source = await diskFiles.read(path, { sparse: true });
    assert.ok(source.touch, 'parts of it are read');
    source.close();
    const worker = handlers();
    const { blocks } = await worker.open({ path, job: 1 }, context);
    const fold = await worker.fold({ path, id: blocks[0]?.id ?? '' }, context);
    assert.equal(fold?.branches.length, 3);
  });

  it('is told from one that was written over it meanwhile', async () => {
    const path = at('net.pt2');
    copyFileSync(join(fixtures, 'seed_dbb.pt2'), path);
    const source = await diskFiles.read(path, { sparse: true });
    try {
      truncateSync(path, 0);
      writeFileSync(path, new Uint8Array(200_000));
      assert.throws(
        () => source.touch?.(source.bytes.subarray(70_000, 70_010)),
        /net\.pt2" has changed since it was opened; open it again\./,
      );
    } finally {
      source.close();
    }
  });
});
