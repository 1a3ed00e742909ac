import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { ProblemError } from '../../../../src/core/result';
import { companionFiles, type OpenCompanionFiles } from '../../../../src/platform/node/companionFiles';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe('companionFiles', () => {
  const at = useTemporaryFolder();
  let files: OpenCompanionFiles;

  beforeEach(() => {
    mkdirSync(at('model', 'sub'), { recursive: true });
    writeFileSync(at('secret.bin'), 'secret');
    writeFileSync(at('model', 'w.bin'), Uint8Array.of(0, 1, 2, 3, 4));
    writeFileSync(at('model', 'sub', 'v.bin'), Uint8Array.of(9));
    files = companionFiles(at('model', 'm.onnx'));
  });
  afterEach(() => files.close());

  function assertRefused(path: string, code: string): void {
    assert.throws(
      () => files.open(path),
      (error) => error instanceof ProblemError && error.problem.code === code && /\.$/.test(error.message),
      path,
    );
  }

  it('reads ranges of files in the model’s folder and below', () => {
    const source = files.open('w.bin');
    assert.equal(source.size, 5);
    assert.deepEqual(source.read(1, 3), Uint8Array.of(1, 2, 3));
    assert.deepEqual(source.read(0, 5), Uint8Array.of(0, 1, 2, 3, 4));
    assert.deepEqual(files.open('sub/v.bin').read(0, 1), Uint8Array.of(9));
    assert.deepEqual(files.open('./sub/../w.bin').read(4, 1), Uint8Array.of(4));
  });

  it('works for a model named by a bare file name', () => {
    const before = process.cwd();
    process.chdir(at('model'));
    try {
      const bare = companionFiles('m.onnx');
      assert.equal(bare.open('w.bin').size, 5);
      bare.close();
    } finally {
      process.chdir(before);
    }
  });

  it('refuses what leaves the folder by its name, whether it exists or not', () => {
    const names = [
      '../secret.bin',
      'sub/../../secret.bin',
      '../model/w.bin',
      '..',
      at('secret.bin'),
      '/etc/passwd',
      '//host/x',
    ];
    for (const name of names) assertRefused(name, 'unsafe-path');
  });

  it('refuses what leaves the folder on some other system', () => {
    for (const name of ['..\\secret.bin', 'C:\\x', 'C:/x', 'c:x', '\\\\host\\x', 'sub\\v.bin'])
      assertRefused(name, 'unsafe-path');
  });

  it('refuses an empty name and one with a zero byte', () => {
    for (const name of ['', 'w.bin\0', '\0']) assertRefused(name, 'unsafe-path');
  });

  it('refuses symbolic links out of the folder, to a file or by way of a folder', () => {
    symlinkSync(at('secret.bin'), at('model', 'link.bin'));
    symlinkSync('..', at('model', 'up'));
    assertRefused('link.bin', 'unsafe-path');
    assertRefused('up/secret.bin', 'unsafe-path');
  });

  it('follows symbolic links that stay inside, and one to the folder itself', () => {
    symlinkSync('sub/v.bin', at('model', 'link.bin'));
    symlinkSync(at('model'), at('alias'));
    assert.equal(files.open('link.bin').size, 1);
    const alias = companionFiles(at('alias', 'm.onnx'));
    assert.equal(alias.open('w.bin').size, 5);
    alias.close();
  });

  it('does not take a folder with a longer name for the model’s own', () => {
    mkdirSync(at('model2'));
    writeFileSync(at('model2', 'x.bin'), 'x');
    symlinkSync(at('model2', 'x.bin'), at('model', 'link.bin'));
    assertRefused('link.bin', 'unsafe-path');
  });

  it('takes a file whose name begins with two dots', () => {
    writeFileSync(at('model', '..w.bin'), 'x');
    assert.equal(files.open('..w.bin').size, 1);
  });

  it('refuses what is missing, a folder, a pipe', () => {
    execFileSync('mkfifo', [at('model', 'pipe')]);
    assertRefused('none.bin', 'not-found');
    assertRefused('sub', 'bad-input');
    assertRefused('pipe', 'bad-input');
  });

  it('says so when a file has become shorter or was closed', () => {
    const source = files.open('w.bin');
    truncateSync(at('model', 'w.bin'), 2);
    assert.throws(() => source.read(0, 5), /"w\.bin" became shorter/);
    files.close();
    assert.throws(() => source.read(0, 1), /"w\.bin" was closed/);
  });
});
