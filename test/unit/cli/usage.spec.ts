import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { assertRefused, cliPath, plainEnvironment, replens, ROOT, SAMPLE } from './replens';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
};

describe('replens, usage', () => {
  const at = useTemporaryFolder();

  it('is the bin of the package, with a line that finds node', () => {
    assert.equal(manifest.bin['replens'], 'dist/cli.js');
    assert.match(readFileSync(join(ROOT, 'esbuild.mjs'), 'utf8'), /#!\/usr\/bin\/env node/);
  });

  it('without arguments: help on stderr, code 2', () => {
    const { code, stdout, stderr } = replens([]);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    for (const command of ['inspect', 'fuse', 'verify', 'explain'])
      assert.match(stderr, new RegExp(`^ {2}${command} `, 'm'));
  });

  it('--version and --help are answers, not errors', () => {
    assert.deepEqual(
      [replens(['--version']).stdout, replens(['--version']).code],
      [`${manifest.version}\n`, 0],
    );
    const { code, stdout, stderr } = replens(['fuse', '--help']);
    assert.deepEqual([code, stderr], [0, '']);
    for (const flag of ['-o', '--only', '--force', '--json']) assert.ok(stdout.includes(flag), flag);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command', ['merge', SAMPLE], /unknown command 'merge'/],
    ['an unknown flag', ['inspect', SAMPLE, '--frobnicate'], /unknown option '--frobnicate'/],
    ['a flag that is misspelt', ['inspect', SAMPLE, '--jsn'], /'--jsn' \(Did you mean --json\?\)/],
    ['a missing model', ['inspect'], /missing required argument 'MODEL'/],
    ['a missing second model', ['verify', SAMPLE], /missing required argument 'FUSED'/],
    ['too many models', ['inspect', SAMPLE, SAMPLE], /too many arguments/],
    [
      'an unknown provider',
      ['verify', SAMPLE, SAMPLE, '--provider', 'cuda'],
      /Allowed choices are webgpu, wasm/,
    ],
    ['a number of samples that is none', ['verify', SAMPLE, SAMPLE, '--samples', 'ten'], /whole number/],
    ['no samples at all', ['verify', SAMPLE, SAMPLE, '--samples', '0'], /whole number above 0/],
    ['a negative seed', ['verify', SAMPLE, SAMPLE, '--seed=-1'], /whole number/],
    ['an empty list of blocks', ['fuse', SAMPLE, '--only', ' , '], /Name at least one block/],
    ['an output without a name', ['fuse', SAMPLE, '-o', ''], /Name a file/],
  ];
  for (const [what, args, expected] of refused) {
    it(`refuses ${what}`, () => {
      const { code, stdout, stderr } = replens(args, { cwd: at() });
      assert.match(stderr, /^replens: [^\n]+\n$/);
      assert.match(stderr, expected);
      assert.deepEqual([stdout, code], ['', 2]);
      assert.deepEqual(readdirSync(at()), []);
    });
  }

  it('a JSON run that fails leaves stdout empty', () => {
    assertRefused(replens(['inspect', at('none.onnx'), '--json']), /"[^"]*none\.onnx" does not exist/);
  });

  it('colours only where they are wanted', () => {
    const colours = (env: Readonly<Record<string, string>>): boolean =>
      replens(['inspect', SAMPLE], { env }).stdout.includes('\u001b[');
    assert.equal(colours({}), false);
    assert.equal(colours({ CI: 'true' }), false, 'a log of CI is a pipe like any other');
    assert.equal(colours({ FORCE_COLOR: '1' }), true);
    assert.equal(colours({ FORCE_COLOR: '1', NO_COLOR: '1' }), false);
    const json = replens(['inspect', SAMPLE, '--json'], { env: { FORCE_COLOR: '1' } }).stdout;
    assert.ok(!json.includes('\u001b'));
  });

  it('does not mind a reader that goes away, as head does', async () => {
    const child = spawn(process.execPath, [cliPath(), 'inspect', SAMPLE, '--json'], {
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number];
    assert.deepEqual([stderr, code], ['', 0]);
  });

  it('says so when what it prints does not fit on the disk', async () => {
    assert.ok(existsSync('/dev/full'), 'the tests run on Linux');
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [cliPath(), 'inspect', SAMPLE], {
      env: plainEnvironment(),
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number];
    assert.match(stderr, /^replens: The output can't be written: the system says ENOSPC\.\n$/);
    assert.equal(code, 2);
  });
});
