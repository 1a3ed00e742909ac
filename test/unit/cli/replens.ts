import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The command line as a user runs it: a process of its own, with pipes for stdout and stderr. */
export const ROOT = join(__dirname, '../../..');
export const SAMPLE = join(ROOT, 'samples/repvgg.onnx');

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Path of the bundle under test. */
export function cliPath(): string {
  if (bundle === null) bundle = isFresh(BUILT) ? BUILT : buildAside();
  return bundle;
}

/** Runs `replens …` to its end. */
export function replens(args: readonly string[], options: RunOptions = {}): Run {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath(), ...args], {
    cwd: options.cwd,
    env: { ...plainEnvironment(), ...options.env },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    timeout: 60_000,
  });
  return { code: status, stdout, stderr, milliseconds: performance.now() - started };
}

/** Runs a command with --json: stdout is one JSON value and nothing else, and a pipe hears nothing on stderr. */
export function replensJson(args: readonly string[], code = 0, options: RunOptions = {}): unknown {
  const run = replens([...args, '--json'], options);
  assert.equal(run.stderr, '', 'quiet in a pipe');
  assert.equal(run.code, code);
  assert.match(run.stdout, /^\{\n[\s\S]*\n\}\n$/, 'JSON and nothing else');
  return JSON.parse(run.stdout);
}

/** Asserts that a run ended as bad input or usage: code 2, nothing on stdout, one sentence on stderr. */
export function assertRefused({ code, stdout, stderr }: Run, expected: RegExp): void {
  assert.match(stderr, /^replens: [^\n]*\.\n$/, 'one sentence, no stack trace');
  assert.doesNotMatch(stderr, /internal error/);
  assert.match(stderr, expected);
  assert.equal(stdout, '');
  assert.equal(code, 2);
}

/** What the tests are run under must not change what they see. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['CI', 'FORCE_COLOR', 'NO_COLOR', 'REPLENS_DEBUG']) Reflect.deleteProperty(env, name);
  return env;
}

const BUILT = join(ROOT, 'dist/cli.js');
let bundle: string | null = null;

/** `npm test` builds first; a spec run by hand must not test an older build. */
function isFresh(built: string): boolean {
  if (!existsSync(built) || !existsSync(join(ROOT, 'dist/ort'))) return false;
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((name) => statSync(join(ROOT, 'src', name)).mtimeMs));
  return statSync(built).mtimeMs >= newest;
}

/** A build of its own, since dist/ may be in use. */
function buildAside(): string {
  const folder = mkdtempSync(join(tmpdir(), 'replens-cli-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'cli.js');
  const entryPoints = [join(ROOT, 'src/cli.ts')];
  buildSync({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    keepNames: true,
  });
  const binary = 'ort-wasm-simd-threaded.wasm';
  cpSync(join(ROOT, 'node_modules/onnxruntime-web/dist', binary), join(folder, 'ort', binary));
  return outfile;
}
