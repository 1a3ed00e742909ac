import type { OutputFormat } from '../protocol/vocabulary';

/** What a fused file is called: `${name}` stands for the source's name without its ending. */
export const DEFAULT_PATTERN = '${name}.fused';

/** The pattern, or the usual one for what would not name a file of its own in the same folder. */
export function usablePattern(pattern: unknown): string {
  if (typeof pattern !== 'string') return DEFAULT_PATTERN;
  const trimmed = pattern.trim();
  const isName = trimmed.includes('${name}') && trimmed !== '${name}' && !/[\\/:*?"<>|\p{Cc}]/u.test(trimmed);
  return isName ? trimmed : DEFAULT_PATTERN;
}

/** What may be written from a source of this ending, the likeliest first. What really can be, only the content tells. */
const WRITTEN: Readonly<Record<string, readonly OutputFormat[]>> = {
  '.pt2': ['pt2', 'onnx'],
  '.pt': ['onnx', 'pt2', 'pth'],
  '.pth': ['onnx', 'pt2', 'pth'],
  '.ckpt': ['pth'],
  '.safetensors': ['safetensors'],
};

/** "model.onnx" → "model.fused.onnx", "model.pt2" → "model.fused.pt2". @param formats that the model can be written in, if known. */
export function fusedName(source: string, pattern: string, formats?: readonly OutputFormat[]): string {
  return fusedNames(source, pattern, formats)[0] ?? source;
}

/** All names that a model fused from this one may have, the usual one first; of an ONNX file and a checkpoint with its own ending. */
export function fusedNames(
  source: string,
  pattern: string,
  formats?: readonly OutputFormat[],
): readonly string[] {
  const { stem, ending } = split(source);
  const name = usablePattern(pattern).split('${name}').join(stem);
  const onnx = Object.hasOwn(WRITTEN, ending.toLowerCase()) ? '.onnx' : ending;
  return (formats ?? WRITTEN[ending.toLowerCase()] ?? ['onnx']).map((format) => {
    if (format === 'onnx') return name + onnx;
    return name + (format === 'pt2' ? '.pt2' : ending);
  });
}

/** The sources that `fusedNames` gives this name for, the likeliest first; none for a name of another form. */
export function sourceNames(fused: string, pattern: string): readonly string[] {
  const { stem, ending } = split(fused);
  const parts = usablePattern(pattern).split('${name}');
  // a pattern may name the source twice
  const length = (stem.length - parts.join('').length) / (parts.length - 1);
  if (!Number.isInteger(length) || length < 1) return [];
  const from = parts[0]?.length ?? 0;
  const source = stem.slice(from, from + length);
  const sources = [ending, ...Object.keys(WRITTEN).filter((other) => other !== ending.toLowerCase())];
  return sources
    .map((other) => source + other)
    .filter((name) => fusedNames(name, pattern).some((written) => written === fused));
}

function split(fileName: string): { readonly stem: string; readonly ending: string } {
  const dot = fileName.lastIndexOf('.');
  return dot <= 0
    ? { stem: fileName, ending: '.onnx' }
    : { stem: fileName.slice(0, dot), ending: fileName.slice(dot) };
}
