import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openModel } from '../../../../src/core/pipeline';
import type { Result } from '../../../../src/core/result';
import type { Detection } from '../../../../src/core/detect/detect';
import { inspectReport } from '../../../../src/core/view/inspectReport';
import { companionFiles } from '../../../../src/platform/node/companionFiles';
import { openSparsely } from '../../../../src/platform/node/sparseModelFile';
import { FIXTURES } from '../../../support/models';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

/** Small, so that the fixtures' weights become holes. */
const LEAST_HOLE = 32;

function whole(path: string): Result<Detection> {
  return openModel({ fileName: path, bytes: readFileSync(path), companions: companionFiles(path) });
}

/** What a sparse reading gives, and how many bytes of the file it never read. */
function sparse<T>(
  path: string,
  use: (opened: Result<Detection>) => T,
): { readonly value: T; readonly unread: number } {
  const file = openSparsely(path, LEAST_HOLE);
  try {
    // whatever is read without being asked for is seen: the holes hold something else than the file
    const truth = readFileSync(path);
    const before = file.bytes.reduce((count, byte, at) => count + (byte === truth[at] ? 0 : 1), 0);
    const { bytes, touch } = file;
    const value = use(openModel({ fileName: path, bytes, companions: companionFiles(path), touch }));
    return { value, unread: before };
  } finally {
    file.close();
  }
}

describe('a model file read sparsely', () => {
  const inFolder = useTemporaryFolder();

  for (const folder of ['models', 'families']) {
    for (const name of readdirSync(join(FIXTURES, folder)).filter((file) => file.endsWith('.onnx'))) {
      it(`${folder}/${name}: is the same model, kernels included`, () => {
        const path = join(FIXTURES, folder, name);
        const report = (opened: Result<Detection>): unknown => {
          assert.ok(opened.ok);
          return inspectReport(opened.value, { insight: true });
        };
        assert.deepEqual(sparse(path, report).value, report(whole(path)));
      });
    }
  }

  it('leaves weights unread', () => {
    const path = join(FIXTURES, 'models', 'repvgg.legacy.onnx');
    const { unread } = sparse(path, () => null);
    assert.ok(unread > readFileSync(path).length / 2, `${unread} bytes`);
  });

  it('says of damaged files what a whole reading says', () => {
    const good = readFileSync(join(FIXTURES, 'models', 'repvgg.legacy.onnx'));
    const message = (opened: Result<Detection>): string => (opened.ok ? 'fine' : opened.problem.message);
    for (let at = 1; at < good.length; at += Math.ceil(good.length / 150)) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] as number) ^ 0x55;
      const path = inFolder('bad.onnx');
      writeFileSync(path, at % 2 === 0 ? bad : good.subarray(0, at));
      assert.equal(sparse(path, message).value, message(whole(path)), `byte ${at}`);
    }
  });

  it('is refused where a whole file is', () => {
    for (const path of [FIXTURES, join(FIXTURES, 'no such file.onnx')])
      assert.throws(() => openSparsely(path), { name: 'ProblemError' });
  });
});
