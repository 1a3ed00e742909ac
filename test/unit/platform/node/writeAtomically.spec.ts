import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeChunks } from '../../../../src/core/onnx/chunks';
import type { ByteSink } from '../../../../src/core/ports';
import type { ProblemCode, Result } from '../../../../src/core/result';
import {
  freeDataPath,
  writeAtomically,
  writePairAtomically,
} from '../../../../src/platform/node/writeAtomically';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const REPLACE = { replace: true };
const KEEP = { replace: false };

function assertProblem(result: Result<unknown>, code: ProblemCode, message: RegExp): void {
  assert.ok(!result.ok);
  assert.equal(result.problem.code, code);
  assert.match(result.problem.message, message);
}

const writing = (text: string) => (sink: ByteSink) => sink.write(new TextEncoder().encode(text));

describe('writeAtomically', () => {
  const at = useTemporaryFolder();
  const content = (name: string) => readFileSync(at(name), 'utf8');
  const names = () => readdirSync(at()).sort();

  it('writes a new file and leaves nothing else', async () => {
    for (const options of [REPLACE, KEEP]) {
      const name = `${options.replace}.onnx`;
      assert.deepEqual(await writeAtomically(at(name), writing('new'), options), {
        ok: true,
        value: { bytes: 3 },
      });
      assert.equal(content(name), 'new');
    }
    assert.deepEqual(names(), ['false.onnx', 'true.onnx']);
  });

  it('writes pieces of all sizes in order', async () => {
    const sizes = [1, 2 ** 20, 3, 2 ** 20 - 1, 0, 2 ** 21 + 5, 7, 2 ** 19, 2 ** 19, 2 ** 19];
    const pieces = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
    const write = (sink: ByteSink) => pieces.forEach((piece) => sink.write(piece));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.deepEqual(await writeAtomically(at('m'), write, KEEP), { ok: true, value: { bytes: total } });
    assert.ok(readFileSync(at('m')).equals(Buffer.concat(pieces)));
  });

  it('replaces a file only when told so', async () => {
    writeFileSync(at('m.onnx'), 'old');
    let called = false;
    const refused = await writeAtomically(at('m.onnx'), () => void (called = true), KEEP);
    assertProblem(refused, 'exists', /m\.onnx" exists already; use --force to replace it\.$/);
    assert.equal(called, false, 'nothing is computed for nothing');
    assert.equal(content('m.onnx'), 'old');
    await writeAtomically(at('m.onnx'), writing('new'), REPLACE);
    assert.equal(content('m.onnx'), 'new');
  });

  it('does not replace a file that appears while it writes', async () => {
    const write = (sink: ByteSink) => {
      writeFileSync(at('m.onnx'), 'theirs');
      writing('ours')(sink);
    };
    assertProblem(await writeAtomically(at('m.onnx'), write, KEEP), 'exists', /exists already/);
    assert.equal(content('m.onnx'), 'theirs');
    assert.deepEqual(names(), ['m.onnx']);
  });

  it('holds the old file under its name until the new one is complete', async () => {
    writeFileSync(at('m.onnx'), 'old');
    const write = (sink: ByteSink) => {
      sink.write(new Uint8Array(3 * 2 ** 20));
      assert.equal(content('m.onnx'), 'old');
      const hidden = names().filter((name) => name !== 'm.onnx');
      assert.match(hidden.join(), /^\.m\.onnx\.[0-9a-f]{12}\.tmp$/);
    };
    assert.ok((await writeAtomically(at('m.onnx'), write, REPLACE)).ok);
  });

  it('leaves the old file and no temporary one when the writing fails or is cancelled', async () => {
    writeFileSync(at('m.onnx'), 'old');
    const abort = new AbortController();
    abort.abort();
    const cancelled = (sink: ByteSink) => writeChunks([new Uint8Array(5)], sink, { signal: abort.signal });
    assertProblem(await writeAtomically(at('m.onnx'), cancelled, REPLACE), 'cancelled', /cancelled/);
    const broken = async (sink: ByteSink) => {
      sink.write(new Uint8Array(2 ** 21));
      await Promise.resolve();
      throw new TypeError('a bug');
    };
    await assert.rejects(writeAtomically(at('m.onnx'), broken, REPLACE), { message: 'a bug' });
    assert.equal(content('m.onnx'), 'old');
    assert.deepEqual(names(), ['m.onnx']);
  });

  it('keeps the permissions of the file it replaces', async () => {
    writeFileSync(at('m.onnx'), 'old');
    chmodSync(at('m.onnx'), 0o640);
    await writeAtomically(at('m.onnx'), writing('new'), REPLACE);
    assert.equal(statSync(at('m.onnx')).mode & 0o777, 0o640);
  });

  it('follows a symbolic link instead of replacing it', async () => {
    mkdirSync(at('real'));
    writeFileSync(at('real', 'm.onnx'), 'old');
    symlinkSync(at('real', 'm.onnx'), at('link.onnx'));
    await writeAtomically(at('link.onnx'), writing('new'), REPLACE);
    assert.equal(content('real/m.onnx'), 'new');
    assert.equal(content('link.onnx'), 'new');
  });

  it('says no to a folder, a missing folder, a device and a name that is too long', async () => {
    mkdirSync(at('folder'));
    assertProblem(
      await writeAtomically(at('folder'), writing(''), REPLACE),
      'usage',
      /is a folder; name a file in it\.$/,
    );
    assertProblem(await writeAtomically(at('none', 'm'), writing(''), KEEP), 'not-found', /does not exist/);
    assertProblem(await writeAtomically('/dev/null', writing(''), REPLACE), 'usage', /no regular file/);
    assertProblem(await writeAtomically(at('m'.repeat(300)), writing(''), KEEP), 'usage', /too long a name/);
    assert.deepEqual(names(), ['folder']);
  });

  it('takes the longest name that a file can have', async () => {
    assert.ok((await writeAtomically(at('m'.repeat(255)), writing('new'), KEEP)).ok);
  });
});

describe('writePairAtomically', () => {
  const at = useTemporaryFolder();
  const file = (name: string, text = name) => ({ path: at(name), write: writing(text) });
  const names = () => readdirSync(at()).sort();

  it('writes the model and its data', async () => {
    const result = await writePairAtomically(file('m.onnx'), file('m.onnx.data'), KEEP);
    assert.deepEqual(result, { ok: true, value: { bytes: 17 } });
    assert.deepEqual(names(), ['m.onnx', 'm.onnx.data']);
  });

  it('puts the data in its place before the model', async () => {
    const model = {
      path: at('m'),
      write: (sink: ByteSink) => {
        assert.deepEqual(
          names().filter((name) => !name.startsWith('.')),
          [],
          'both are written before either is named',
        );
        writing('m')(sink);
      },
    };
    assert.ok((await writePairAtomically(model, file('m.data'), KEEP)).ok);
  });

  it('never replaces the data of an old model', async () => {
    writeFileSync(at('m'), 'old');
    writeFileSync(at('m.data'), 'old');
    assertProblem(
      await writePairAtomically(file('m'), file('m.data'), REPLACE),
      'exists',
      /m\.data" exists already/,
    );
    const data = freeDataPath(at('m'));
    assert.equal(data, at('m.2.data'));
    assert.ok((await writePairAtomically(file('m'), { path: data, write: writing('d') }, REPLACE)).ok);
    assert.deepEqual(names(), ['m', 'm.2.data', 'm.data']);
    assert.equal(readFileSync(at('m.data'), 'utf8'), 'old');
  });

  it('leaves neither file when one of them fails', async () => {
    const failing = {
      path: at('m'),
      write: () => {
        throw new TypeError('a bug');
      },
    };
    await assert.rejects(writePairAtomically(failing, file('m.data'), KEEP));
    const late = { path: at('m'), write: () => writeFileSync(at('m'), 'theirs') };
    assertProblem(await writePairAtomically(late, file('m.data'), KEEP), 'exists', /exists already/);
    assert.deepEqual(names(), ['m']);
  });
});
