import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attemptAsync, ProblemError, raise, unwrap, type ProblemCode } from '../../../src/core/result';
import { writeWhole } from '../../../src/platform/web/writeWhole';
import { sampleSets } from '../../../src/platform/sampleSets';
import type { FileAddress, HostFileMethods } from '../../../src/protocol/hostFiles';
import { areSameFile, isAddress, nameInAddress } from '../../../src/worker/files/addresses';
import { diskFiles } from '../../../src/worker/files/diskFiles';
import { filesByPlace } from '../../../src/worker/files/filesByPlace';
import { hostModelFiles, type HostFiles } from '../../../src/worker/files/hostFiles';
import { fuseFile } from '../../../src/worker/jobs/fuseFile';
import { openFile } from '../../../src/worker/jobs/openFile';
import { verifyFiles } from '../../../src/worker/jobs/verifyFiles';
import { modelHandlers } from '../../../src/worker/modelHandlers';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const fixtures = join(__dirname, '..', '..', 'fixtures');

const ortFolder = join(__dirname, '..', '..', '..', 'node_modules', 'onnxruntime-web', 'dist');

const problem = (code: ProblemCode, words: RegExp) => (error: unknown) =>
  error instanceof ProblemError && error.problem.code === code && words.test(error.message);

/** What an extension host hands over, from memory: files of one folder by name. */
class FakeHost {
  readonly files = new Map<string, Uint8Array>();
  readonly sizes = new Map<string, number>();
  readonly asked: string[] = [];
  #stamps = new Map<string, number>();

  put(name: string, bytes: Uint8Array): void {
    this.files.set(name, bytes);
    this.#stamps.set(name, (this.#stamps.get(name) ?? 0) + 1);
  }

  get port(): HostFiles {
    const call = (method: keyof HostFileMethods, params: never, { signal }: { signal?: AbortSignal } = {}) =>
      attemptAsync(async () => {
        this.asked.push(method);
        if (signal?.aborted) raise('cancelled', 'Cancelled.');
        return this.#methods(signal)[method](params);
      });
    return { call: call as unknown as HostFiles['call'] };
  }

  #methods(signal: AbortSignal | undefined): HostFileMethods {
    const name = ({ address, beside }: FileAddress): string => beside ?? nameInAddress(address);
    return {
      statFile: async (file) => {
        const bytes = this.files.get(name(file));
        const size = this.sizes.get(name(file)) ?? bytes?.length ?? 0;
        return bytes === undefined ? null : { size, stamp: `${this.#stamps.get(name(file))}` };
      },
      readFile: async (file) => new Uint8Array(this.files.get(name(file)) ?? []).buffer,
      writeFile: ({ address, bytes, replace }) =>
        writeWhole(this.folder, nameInAddress(address), new Uint8Array(bytes), {
          replace,
          ...(signal === undefined ? {} : { signal }),
        }),
      sampleFiles: () =>
        sampleSets(async (folder) =>
          [...this.files.keys()].flatMap((path) => {
            const [first, second] = path.split('/');
            return (folder === '' ? first : first === folder ? second : undefined) ?? [];
          }),
        ),
    };
  }

  readonly folder = {
    exists: async (name: string) => this.files.has(name),
    write: async (name: string, bytes: Uint8Array) => this.put(name, bytes),
    rename: async (from: string, to: string, replace: boolean) => {
      if (this.files.has(to) && !replace) throw new Error('taken');
      this.put(to, this.files.get(from)!);
      this.files.delete(from);
    },
    remove: async (name: string) => void this.files.delete(name),
  };
}

describe('models that the extension host hands over', () => {
  const at = useTemporaryFolder();
  const context = { signal: new AbortController().signal };
  const path = 'memfs:/dir/my%20net.onnx';
  const output = 'memfs:/dir/my%20net.fused.onnx';
  const fuse = { path, output, only: null, force: false, job: 1 };
  let host: FakeHost;
  let handlers: ReturnType<typeof modelHandlers>;

  const fixture = (...parts: string[]): Uint8Array => new Uint8Array(readFileSync(join(fixtures, ...parts)));

  beforeEach(() => {
    host = new FakeHost();
    host.put('my net.onnx', fixture('models', 'repvgg.legacy.onnx'));
    const files = filesByPlace(hostModelFiles(host.port), diskFiles);
    handlers = modelHandlers({ files, verify: null, progress: () => undefined });
  });

  it('are opened by their address, read once, and read again when their stamp changes', async () => {
    const view = await handlers.open({ path, job: 1 }, context);
    assert.equal(view.blocks.length, 1);
    assert.notEqual(await handlers.blockGraph({ path, id: 'b0' }, context), null);
    assert.equal(host.asked.filter((method) => method === 'readFile').length, 1);
    host.put('my net.onnx', fixture('refuse', 'plain_resnet.onnx'));
    assert.equal(await handlers.blockGraph({ path, id: 'b0' }, context), null);
    assert.equal(host.asked.filter((method) => method === 'readFile').length, 2);
  });

  it('are read once by those who ask at the same time', async () => {
    const opened = handlers.open({ path, job: 1 }, context);
    const graph = handlers.blockGraph({ path, id: 'b0' }, context);
    const map = handlers.map({ path, open: null }, context);
    await Promise.all([opened, graph, map]);
    assert.equal(host.asked.filter((method) => method === 'readFile').length, 1);
  });

  it('are not kept when they were closed while they were read', async () => {
    const opened = handlers.open({ path, job: 1 }, context);
    await new Promise((settle) => setImmediate(settle));
    handlers.close({ path }, context);
    await opened;
    const before = host.asked.filter((method) => method === 'readFile').length;
    await handlers.blockGraph({ path, id: 'b0' }, context);
    assert.equal(host.asked.filter((method) => method === 'readFile').length, before + 1);
  });

  it('are fused into the very bytes that are written to a disk, and nothing else is left', async () => {
    const report = await handlers.fuse(fuse, context);
    copyFileSync(join(fixtures, 'models', 'repvgg.legacy.onnx'), at('net.onnx'));
    const onDisk = unwrap(await fuseFile(unwrap(openFile(at('net.onnx'))), {}));
    const fused = host.files.get('my net.fused.onnx');
    assert.ok(fused !== undefined && readFileSync(at('net.fused.onnx')).equals(fused));
    assert.equal(report.bytesAfter, onDisk.bytesAfter);
    assert.deepEqual([...host.files.keys()].sort(), ['my net.fused.onnx', 'my net.onnx']);
  });

  it('never replace a file unasked, nor the source, nor what holds its weights', async () => {
    host.put('my net.fused.onnx', new Uint8Array(3));
    await assert.rejects(async () => handlers.fuse(fuse, context), problem('exists', /my net\.fused\.onnx/));
    assert.equal(host.files.get('my net.fused.onnx')?.length, 3);
    await handlers.fuse({ ...fuse, force: true }, context);
    await assert.rejects(
      async () => handlers.fuse({ ...fuse, output: path, force: true }, context),
      problem('usage', /the source itself/),
    );
    host.put('external.onnx', fixture('onnx', 'external.onnx'));
    host.put('external.bin', fixture('onnx', 'external.bin'));
    const own = { ...fuse, path: 'memfs:/dir/external.onnx', output: 'memfs:/dir/external.bin', force: true };
    await assert.rejects(async () => handlers.fuse(own, context), problem('usage', /holds weights/));
  });

  it('write nothing when the fuse is cancelled', async () => {
    const controller = new AbortController();
    const fused = Promise.resolve(handlers.fuse(fuse, { signal: controller.signal }));
    controller.abort();
    await assert.rejects(fused, problem('cancelled', /./));
    assert.deepEqual([...host.files.keys()], ['my net.onnx']);
  });

  it('bring the files along that their weights lie in; one that is not there is named', async () => {
    host.put('external.onnx', fixture('onnx', 'external.onnx'));
    const external = { path: 'memfs:/dir/external.onnx' };
    assert.deepEqual(await handlers.companions(external, context), ['external.bin']);
    await assert.rejects(
      async () => handlers.open({ ...external, job: 1 }, context),
      problem('not-found', /"external\.bin"/),
    );
    host.put('external.bin', fixture('onnx', 'external.bin'));
    const weights = await handlers.tensor({ ...external, name: 'w' }, context);
    assert.ok((weights?.max ?? 0) > 0, 'read from the file beside it');
    await assert.rejects(
      async () => handlers.open({ path: 'git:/dir/external.onnx?HEAD', job: 1 }, context),
      problem('unsupported', /lie in files beside it/),
    );
  });

  it('are refused beyond the limit before they are read, their weights counted in', async () => {
    host.sizes.set('my net.onnx', 600 * 2 ** 20);
    await assert.rejects(
      async () => handlers.open({ path, job: 1 }, context),
      problem('unsupported', /"my net\.onnx" has 600 MB .* limit is 512 MB/),
    );
    host.put('external.onnx', fixture('onnx', 'external.onnx'));
    host.put('external.bin', fixture('onnx', 'external.bin'));
    host.sizes.set('external.bin', 512 * 2 ** 20);
    await assert.rejects(
      async () => handlers.open({ path: 'memfs:/dir/external.onnx', job: 1 }, context),
      problem('unsupported', /has 513 MB/),
    );
    assert.equal(host.asked.filter((method) => method === 'readFile').length, 1);
  });

  it('have the inputs that lie beside them', async () => {
    host.put('test_data_set_1/input_0.pb', new Uint8Array([1]));
    host.put('test_data_set_0/input_0.pb', new Uint8Array([2, 3]));
    const [first, second] = await hostModelFiles(host.port).samples(path);
    assert.deepEqual([first?.label, second?.label], ['test_data_set_0', 'test_data_set_1']);
    assert.deepEqual(first?.files, [{ name: 'input_0.pb', bytes: new Uint8Array([2, 3]) }]);
  });

  it('are verified on wasm where Node is', async () => {
    await handlers.fuse(fuse, context);
    const options = { samples: 1, ortFolder };
    const record = unwrap(await verifyFiles(path, output, options, {}, hostModelFiles(host.port)));
    assert.equal(record.verdict, 'equivalent');
    assert.deepEqual(
      [record.files.original.name, record.files.fused.name],
      ['my net.onnx', 'my net.fused.onnx'],
    );
  });

  it('that do not exist are named as a person knows them', async () => {
    await assert.rejects(
      async () => handlers.glance({ path: 'memfs:/dir/no%20net.onnx' }, context),
      problem('not-found', /"no net\.onnx" does not exist/),
    );
  });
});

describe('a whole file', () => {
  const bytes = new Uint8Array([1, 2, 3]);

  it('that appears while it is written stays, and so it does when renaming fails', async () => {
    const { folder, files } = new FakeHost();
    const appears = {
      ...folder,
      write: async (name: string, content: Uint8Array) => {
        await folder.write(name, content);
        await folder.write('a', new Uint8Array(9));
      },
    };
    await assert.rejects(writeWhole(appears, 'a', bytes, { replace: false }), problem('exists', /"a"/));
    assert.deepEqual([...files], [['a', new Uint8Array(9)]]);
    const broken = { ...folder, rename: () => Promise.reject(new Error('no room')) };
    await assert.rejects(writeWhole(broken, 'a', bytes, { replace: true }), /no room/);
    assert.deepEqual([...files], [['a', new Uint8Array(9)]]);
  });

  it('is not written when the signal says so in between', async () => {
    const { folder, files } = new FakeHost();
    const controller = new AbortController();
    const write = async (name: string, content: Uint8Array) => {
      await folder.write(name, content);
      controller.abort();
    };
    const options = { replace: true, signal: controller.signal };
    await assert.rejects(writeWhole({ ...folder, write }, 'a', bytes, options), problem('cancelled', /./));
    assert.equal(files.size, 0);
  });
});

describe('isAddress', () => {
  it('tells URIs from paths, those of Windows included', () => {
    for (const address of ['memfs:/a.onnx', 'vscode-remote://host/a.onnx', 'git:/a?b'])
      assert.equal(isAddress(address), true, address);
    for (const path of ['/a:b/c.onnx', 'C:\\a.onnx', 'c:/a.onnx', '\\\\server\\a.onnx', 'net.onnx'])
      assert.equal(isAddress(path), false, path);
  });
});

describe('areSameFile', () => {
  const model = 'memfs://host/my%20dir/net.onnx';

  it('knows a file beside a model by whatever encoding and detour', () => {
    const output = 'memfs://host/my%20dir/net%20%281%29%21.data';
    for (const name of ['net (1)!.data', './net (1)!.data', 'a/../net (1)!.data', './/net (1)!.data'])
      assert.equal(areSameFile(output, model, name), true, name);
    assert.equal(areSameFile('memfs://host/my dir/./net.onnx', model), true);
  });

  it('tells others apart', () => {
    assert.equal(areSameFile('memfs://host/my%20dir/sub/net.data', model, 'net.data'), false);
    assert.equal(areSameFile('memfs://host/net.onnx', model), false);
    assert.equal(areSameFile('vscode-vfs://host/my%20dir/net.onnx', model), false);
  });
});
