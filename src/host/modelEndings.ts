/** Endings of files that RepLens reads, and whether weights alone lie in them. */
const ENDINGS = {
  '.onnx': { kind: 'ONNX', weights: 'never' },
  '.pt2': { kind: 'PyTorch', weights: 'never' },
  '.pt': { kind: 'PyTorch', weights: 'often' },
  '.pth': { kind: 'PyTorch', weights: 'often' },
  '.ckpt': { kind: 'PyTorch', weights: 'always' },
  '.safetensors': { kind: 'safetensors', weights: 'always' },
} as const;

type Ending = keyof typeof ENDINGS;

/** All of them, with their dots. */
export const MODEL_ENDINGS = Object.keys(ENDINGS) as readonly Ending[];

/** ".onnx" for "a/B.ONNX"; '' for a name without ending. */
export function endingOf(path: string): string {
  return /\.[^./\\]+$/.exec(path)?.[0].toLowerCase() ?? '';
}

/** Whether the ending is one of a model. What is in the file is told by its content alone. */
export function isReadable(path: string): boolean {
  return known(endingOf(path)) !== null;
}

/** Whether a file of this name may well be a checkpoint, which is no failure of a model. */
export function isOftenWeights(path: string): boolean {
  return weightsIn(path) !== 'never';
}

/** Whether two files may be forms of one network, as far as their endings tell: weights alone are a form of weights alone. */
export function mayBePair(one: string, other: string): boolean {
  const weights = [weightsIn(one), weightsIn(other)];
  return !weights.includes('never') || !weights.includes('always');
}

function weightsIn(path: string): (typeof ENDINGS)[Ending]['weights'] {
  return known(endingOf(path))?.weights ?? 'never';
}

/** A glob for the files that may be models, in small and capital letters. */
export const MODEL_GLOB = `**/*.{${MODEL_ENDINGS.map(anyCase).join(',')}}`;

/** Filters of a file dialog: all models first. @param all what they are called. */
export function modelFilters(all: string): Readonly<Record<string, string[]>> {
  const filters: Record<string, string[]> = { [all]: MODEL_ENDINGS.map(bare) };
  for (const ending of MODEL_ENDINGS) (filters[ENDINGS[ending].kind] ??= []).push(bare(ending));
  return filters;
}

function known(ending: string): (typeof ENDINGS)[Ending] | null {
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending as Ending] : null;
}

function bare(ending: string): string {
  return ending.slice(1);
}

function anyCase(ending: string): string {
  return bare(ending).replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
