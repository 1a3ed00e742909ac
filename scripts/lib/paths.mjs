// The folders every script needs, without a dependency.
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { accessSync, constants, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const repoRoot = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** The folder that clean clones share: `$REPLENS_CACHE`, `$XDG_CACHE_HOME/replens` or `~/.cache/replens`. */
export function cacheRoot() {
  if (process.env.REPLENS_CACHE) return resolve(process.env.REPLENS_CACHE);
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(base, 'replens');
}

/** The absolute path of an executable on PATH, or undefined. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder || '.', name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return resolve(candidate);
    } catch {
      // not in this folder
    }
  }
  return undefined;
}
