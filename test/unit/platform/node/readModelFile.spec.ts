import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { readModelFile } from '../../../../src/platform/node/readModelFile';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('readModelFile', () => {
  const at = useTemporaryFolder();

  function problemOf(path: string): string {
    const result = readModelFile(path);
    assert.ok(!result.ok);
    assert.ok(result.problem.message.startsWith(`"${path}" `));
    assert.match(result.problem.message, /\.$/);
    return result.problem.message;
  }

  it('reads a file', () => {
    writeFileSync(at('m.onnx'), Uint8Array.of(1, 2, 3));
    assert.deepEqual(readModelFile(at('m.onnx')), { ok: true, value: Uint8Array.of(1, 2, 3) });
  });

  it('reads an empty file', () => {
    writeFileSync(at('m.onnx'), '');
    assert.deepEqual(readModelFile(at('m.onnx')), { ok: true, value: new Uint8Array(0) });
  });

  it('says that a file does not exist', () => {
    assert.match(problemOf(at('none.onnx')), /does not exist; check the name/);
    writeFileSync(at('file'), '');
    assert.match(problemOf(at('file', 'm.onnx')), /a part of its path is no folder/);
  });

  it('says that a folder is one', () => {
    mkdirSync(at('folder.onnx'));
    assert.match(problemOf(at('folder.onnx')), /is a folder; name a file/);
  });

  it('does not wait for a pipe', () => {
    execFileSync('mkfifo', [at('pipe.onnx')]);
    assert.match(problemOf(at('pipe.onnx')), /no regular file/);
  });

  it('says that a file of more than 2 GB is too large, and what to do', () => {
    writeFileSync(at('large.onnx'), '');
    // sparse: takes no room
    truncateSync(at('large.onnx'), 2 ** 31);
    assert.match(problemOf(at('large.onnx')), /has 2\.0 GB, more than the 2 GB .* external data/);
  });
});
