// Builds dist/ with esbuild.mjs.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.mjs';
import { run } from './run.mjs';

const inputs = ['src', 'webview-ui', 'esbuild.mjs', 'package.json', 'package-lock.json'];

/** Builds everything. Throws an Error with the compiler's output if that fails. */
export async function build(log) {
  log('Building (node esbuild.mjs).');
  const { code, output } = await run(process.execPath, ['esbuild.mjs'], { cwd: repoRoot });
  if (code !== 0) throw new Error(`The build failed:\n${output.slice(-4000)}`);
}

/** Builds if an input is newer than `dist/cli.js`, or that is missing. */
export async function ensureBuilt(log) {
  if (newest(inputs) > time(join('dist', 'cli.js'))) await build(log);
}

/** The latest modification time of files and, recursively, folders; paths relative to the checkout. */
function newest(paths) {
  const times = paths.flatMap((path) => {
    const stats = statSync(join(repoRoot, path), { throwIfNoEntry: false });
    if (!stats?.isDirectory()) return [time(path)];
    return readdirSync(join(repoRoot, path), { recursive: true }).map((name) => time(join(path, name)));
  });
  return Math.max(0, ...times);
}

function time(path) {
  return statSync(join(repoRoot, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
