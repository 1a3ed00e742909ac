/** Endings of model files: those that RepLens reads, and those that it knows of but does not read yet. */
const ENDINGS: Readonly<Record<string, 'read' | 'known'>> = {
  '.onnx': 'read',
  '.pt2': 'known',
  '.pt': 'known',
  '.pth': 'known',
};

/** ".onnx" for "a/B.ONNX"; '' for a name without ending. */
export function endingOf(path: string): string {
  return /\.[^./\\]+$/.exec(path)?.[0].toLowerCase() ?? '';
}

export function isReadable(path: string): boolean {
  return ENDINGS[endingOf(path)] === 'read';
}

/** Whether the ending says that it is a model, readable or not. */
export function isModelFile(path: string): boolean {
  return ENDINGS[endingOf(path)] !== undefined;
}

/** A glob for the files that may be models. */
export const MODEL_GLOB = `**/*{${Object.keys(ENDINGS).join(',')}}`;
