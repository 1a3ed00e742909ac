import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
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

describe('what was said of a checkpoint, in the worker', () => {
  const at = useTemporaryFolder();
  const context = { signal: new AbortController().signal };
  const checkpoints = join(fixtures, '..', 'checkpoints');

  it('is what it is opened, fused and explained with', async () => {
    const handlers = modelHandlers({
      files: diskFiles,
      verify: async ({ original, fused }, watch, optionsOf) =>
        unwrap(
          await verifyFiles(
            original,
            fused,
            { ...openOptions(optionsOf(original)), samples: 1, explains: true, ortFolder },
            watch,
          ),
        ),
      progress: () => undefined,
    });
    const path = at('net.safetensors');
    copyFileSync(join(checkpoints, 'repvgg.safetensors'), path);
    const eps = async (): Promise<unknown> => {
      const { checkpoint } = await handlers.open({ path, job: 1 }, context);
      const found = checkpoint?.assumptions.find(({ kind }) => kind === 'bn-eps');
      return [found?.value, found?.given];
    };
    assert.deepEqual(await eps(), [1e-5, false]);
    await handlers.giveOptions({ options: { [path]: { bnEps: 1e-3 } } }, context);
    assert.deepEqual(await eps(), [1e-3, true]);
    assert.deepEqual(await handlers.openSizes({ path }, context), [], 'the inputs are ours');
    const verify = (fused: string) =>
      handlers.verify({ original: path, fused, samples: 1, seed: 1, sizes: {}, inputs: [], job: 2 }, context);
    const output = at('net.fused.safetensors');
    const report = await handlers.fuse({ path, output, only: null, force: false, job: 3 }, context);
    assert.equal(report.assumptions?.[0]?.value, 1e-3);
    assert.equal((await verify(output)).verdict, 'equivalent');
    const deploy = await verify(join(checkpoints, 'repvgg.deploy.safetensors'));
    assert.match(deploy.reason, /BN eps 0\.00001 was used where the model has 0\.001/);
  });

  it('has no text, no map and nothing to lay beside another', async () => {
    const handlers = modelHandlers({ files: diskFiles, verify: null, progress: () => undefined });
    const path = join(checkpoints, 'repvgg.safetensors');
    for (const ask of [
      () => handlers.text({ path }, context),
      () => handlers.map({ path, open: null }, context),
      () => handlers.compare({ path, other: path }, context),
    ])
      await assert.rejects(async () => ask(), /A checkpoint holds weights and no graph/);
  });

  it('is read where its header says, and no further, when it is opened', async () => {
    // a file with a hole of 1 GB: reading it all would take its memory
    const source = readFileSync(join(checkpoints, 'repvgg.safetensors'));
    const length = Number(source.readBigUInt64LE(0));
    const header = JSON.parse(source.subarray(8, 8 + length).toString()) as Record<string, unknown>;
    const end = source.length - 8 - length;
    const hole = 2 ** 30;
    const text = Buffer.from(
      JSON.stringify({
        ...header,
        'head.weight': { dtype: 'U8', shape: [hole], data_offsets: [end, end + hole] },
      }),
    );
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(BigInt(text.length));
    const path = at('large.safetensors');
    writeFileSync(path, Buffer.concat([head, text, source.subarray(8 + length)]));
    truncateSync(path, 8 + text.length + end + hole);
    const handlers = modelHandlers({ files: diskFiles, verify: null, progress: () => undefined });
    const before = process.memoryUsage().rss;
    const { blocks } = await handlers.open({ path, job: 1 }, context);
    assert.equal(blocks.length, 3);
    const grown = process.memoryUsage().rss - before;
    // a tenth of the file: room for the reader itself and its pages
    assert.ok(grown < hole / 10, `${Math.round(grown / 2 ** 20)} MB`);
    await handlers.close({ path }, context);
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
