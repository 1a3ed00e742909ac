import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sampleSets } from '../sampleSets';

/** The inputs beside a model on a disk, see `sampleSets`. */
export function sampleFolders(modelPath: string): Promise<readonly (readonly string[])[]> {
  return sampleSets(async (folder) => {
    try {
      return readdirSync(realpathSync(join(dirname(modelPath), folder)));
    } catch {
      return [];
    }
  });
}
