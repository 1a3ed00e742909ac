import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeQuietly, temporaryName } from './temporaryFile';

/**
 * Removes what a writer that was ended left behind: hidden temporary files for `target` and its data file that
 * were last written at `since` (milliseconds of the epoch) or later. Older ones may be somebody else's.
 */
export function removeStaleTemporaries(target: string, since: number): void {
  const folder = dirname(target);
  const own = temporaryName(basename(target));
  for (const name of namesIn(folder)) {
    if (!name.startsWith(`.${own}.`) || !/\.[0-9a-f]{12}\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    // a clock that is a little off on a network disk must not keep them
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since - 2000) removeQuietly(path);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // nothing can have been left in a folder that can't be read
    return [];
  }
}
