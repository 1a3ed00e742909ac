// `npm ci`, but only if what is installed is not what package-lock.json says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.mjs';
import { run } from './run.mjs';

/** Installs the dependencies if needed. Throws an Error with npm's output if that fails. */
export async function ensureDependencies(log) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Error(`RepLens needs Node 20 or newer; this is ${process.version}.`);
  if (installedMatchesLock()) return;
  log('Installing dependencies (npm ci).');
  const { code, output } = await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: repoRoot });
  if (code !== 0) throw new Error(`npm ci failed:\n${output.slice(-4000)}`);
}

/**
 * Compares npm's own record of node_modules with the lock file, package by package. Times would not do: npm writes
 * the two files in no fixed order, and a needless `npm ci` empties node_modules under a running editor.
 */
function installedMatchesLock() {
  try {
    const wanted = packages('package-lock.json');
    const installed = packages('node_modules', '.package-lock.json');
    return Object.entries(wanted).every(
      ([path, entry]) =>
        path === '' || installed[path]?.version === entry.version || (entry.optional && !installed[path]),
    );
  } catch {
    return false;
  }
}

function packages(...path) {
  return JSON.parse(readFileSync(join(repoRoot, ...path), 'utf8')).packages;
}
