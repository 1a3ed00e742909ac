/** More sets than these tell nothing new. */
const MOST_SETS = 3;

/**
 * The inputs that come with a model as ONNX's own model zoo lays them out: `test_data_set_0/input_0.pb` … beside the file. By set,
 * paths relative to the model's folder, with `/`. @param list the names in a folder, '' for the model's own; none where it can't be read.
 */
export async function sampleSets(
  list: (folder: string) => Promise<readonly string[]>,
): Promise<readonly (readonly string[])[]> {
  const sets = (await list(''))
    .filter((name) => /^test_data_set_\d+$/.test(name))
    .sort(byNumber)
    .slice(0, MOST_SETS);
  const files = await Promise.all(
    sets.map(async (set) =>
      (await list(set))
        .filter((name) => /^input_\d+\.pb$/.test(name))
        .sort(byNumber)
        .map((name) => `${set}/${name}`),
    ),
  );
  return files.filter((paths) => paths.length > 0);
}

function byNumber(a: string, b: string): number {
  const number = (name: string): number => Number(/\d+/.exec(name)?.[0]);
  return number(a) - number(b);
}
