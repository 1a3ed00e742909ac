import { endingOf } from './modelEndings';

/** What a fused file is called: `${name}` stands for the source's name without its ending. */
export const DEFAULT_PATTERN = '${name}.fused';

/** The pattern, or the usual one for what would not name a file of its own in the same folder. */
export function usablePattern(pattern: unknown): string {
  if (typeof pattern !== 'string') return DEFAULT_PATTERN;
  const trimmed = pattern.trim();
  const isName = trimmed.includes('${name}') && trimmed !== '${name}' && !/[\\/:*?"<>|\p{Cc}]/u.test(trimmed);
  return isName ? trimmed : DEFAULT_PATTERN;
}

/** Endings of what is written from a source of this one, the usual one first; of an ONNX file its own. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  '.pt2': ['.onnx'],
  '.pt': ['.onnx'],
  '.pth': ['.onnx'],
};

/** "model.onnx" → "model.fused.onnx", "model.pt2" → "model.fused.onnx". */
export function fusedName(source: string, pattern: string): string {
  return fusedNames(source, pattern)[0] ?? source;
}

/** All names that a model fused from this one may have, the usual one first. */
export function fusedNames(source: string, pattern: string): readonly string[] {
  const { stem, ending } = split(source);
  const name = usablePattern(pattern).split('${name}').join(stem);
  return writtenFrom(ending).map((written) => name + written);
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

function writtenFrom(ending: string): readonly string[] {
  return WRITTEN[endingOf(ending)] ?? [ending];
}

function split(fileName: string): { readonly stem: string; readonly ending: string } {
  const dot = fileName.lastIndexOf('.');
  return dot <= 0
    ? { stem: fileName, ending: '.onnx' }
    : { stem: fileName.slice(0, dot), ending: fileName.slice(dot) };
}
