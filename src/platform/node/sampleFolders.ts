import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** More sets than these tell nothing new. */
const MOST_SETS = 3;

/**
 * The inputs that come with a model as ONNX's own model zoo lays them out: `test_data_set_0/input_0.pb` … beside the file. By folder,
 * paths relative to the model's folder, with `/`; empty where there are none or the folder can't be read.
 */
export function sampleFolders(modelPath: string): readonly (readonly string[])[] {
  const folder = dirname(modelPath);
  const sets = list(folder)
    .filter((name) => /^test_data_set_\d+$/.test(name))
    .sort(byNumber)
    .slice(0, MOST_SETS);
  return sets
    .map((set) =>
      list(join(folder, set))
        .filter((name) => /^input_\d+\.pb$/.test(name))
        .sort(byNumber)
        .map((name) => `${set}/${name}`),
    )
    .filter((files) => files.length > 0);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(realpathSync(folder));
  } catch {
    return [];
  }
}

function byNumber(a: string, b: string): number {
  const number = (name: string): number => Number(/\d+/.exec(name)?.[0]);
  return number(a) - number(b);
}
