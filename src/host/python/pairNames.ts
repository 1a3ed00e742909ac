const DEPLOY =
  /(^|[._-])(deploy(ed)?|fused?|merged?|reparam(eteri[sz]ed)?|rep|infer(ence)?|switched)(?=[._-]|$)/gi;
const TRAIN = /(^|[._-])(train(ing)?|orig(inal)?|unfused|raw)(?=[._-]|$)/gi;

/** Whether a file's name says that its branches are merged: "net_deploy.onnx", "net.fused.onnx". */
export function isDeployName(file: string): boolean {
  return stem(file).search(DEPLOY) >= 0;
}

/** What two forms of one network have in common in their names; "" where the name says nothing but its form. */
export function pairKey(file: string): string {
  return stem(file)
    .replace(DEPLOY, '')
    .replace(TRAIN, '')
    .replace(/[._-]+/g, '')
    .toLowerCase();
}

/**
 * For each file that is the deploy form of one named before or after it, the train form: same name but for words like
 * "deploy" and "train", or else the only other file there is. null for the rest.
 */
export function trainForms(files: readonly string[]): readonly (string | null)[] {
  const distinct = [...new Set(files)];
  const trains = distinct.filter((file) => !isDeployName(file));
  return files.map((file) => {
    if (!isDeployName(file)) return null;
    const same = trains.filter((train) => pairKey(train) === pairKey(file));
    if (same.length === 1) return same[0] ?? null;
    return trains.length === 1 && distinct.length === 2 ? (trains[0] ?? null) : null;
  });
}

function stem(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
