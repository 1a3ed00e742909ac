import { endingOf, mayBePair, MODEL_ENDINGS } from './modelEndings';

/** Which files are two forms of one network, by their names alone. */

/** Two models that should compute the same, by their paths. */
export interface PathPair {
  readonly original: string;
  readonly fused: string;
}

/** Words that say that the branches are merged, and that they are not. */
const DEPLOY =
  /(^|[._-])(deploy(ed)?|fused?|merged?|reparam(eteri[sz]ed)?|rep|infer(ence)?|switched)(?=[._-]|$)/gi;
const TRAIN = /(^|[._-])(train(ing)?|orig(inal)?|unfused|raw)(?=[._-]|$)/gi;

/** Whether a file's name says that its branches are merged: "net_deploy.onnx", "net.fused.onnx". */
export function isDeployName(file: string): boolean {
  return stemOf(file).search(DEPLOY) >= 0;
}

/** What two forms of one network have in common in their names; "" where the name says nothing but its form. */
export function pairKey(file: string): string {
  return stemOf(file)
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

/**
 * Pairs in the order of the merged ones: `x.onnx` or `x.train.pt2` with `x.fused.onnx`, `x.deploy.onnx` … in the same folder.
 * A training form is the original, whatever else has the name, before others one of the merged form's own format; one original
 * may have several merged forms.
 */
export function guessPairs(paths: readonly string[]): readonly PathPair[] {
  const originals = new Map<string, string[]>();
  for (const path of paths) {
    if (isDeployName(path)) continue;
    const key = folderKey(path);
    originals.set(key, [...(originals.get(key) ?? []), path]);
  }
  return [...paths].sort().flatMap((fused) => {
    const named = isDeployName(fused) ? (originals.get(folderKey(fused)) ?? []) : [];
    const candidates = named.filter((path) => mayBePair(path, fused));
    const rank = (path: string): number =>
      (stemOf(path).search(TRAIN) >= 0 ? 0 : MODEL_ENDINGS.length + 1) +
      (endingOf(path) === endingOf(fused) ? -1 : MODEL_ENDINGS.findIndex((one) => one === endingOf(path)));
    const [original] = [...candidates].sort((a, b) => rank(a) - rank(b));
    return original === undefined ? [] : [{ original, fused }];
  });
}

function folderKey(path: string): string {
  return path.slice(0, nameStart(path)) + pairKey(path);
}

function stemOf(path: string): string {
  const name = path.slice(nameStart(path));
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Where the file's own name begins. */
function nameStart(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
}
