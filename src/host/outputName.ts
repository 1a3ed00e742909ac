/** What a fused file is called: `${name}` stands for the source's name without its ending, which stays as it is. */
export const DEFAULT_PATTERN = '${name}.fused';

/** The pattern, or the usual one for what would not name a file of its own in the same folder. */
export function usablePattern(pattern: unknown): string {
  if (typeof pattern !== 'string') return DEFAULT_PATTERN;
  const trimmed = pattern.trim();
  const isName = trimmed.includes('${name}') && trimmed !== '${name}' && !/[\\/:*?"<>|\p{Cc}]/u.test(trimmed);
  return isName ? trimmed : DEFAULT_PATTERN;
}

/** "model.onnx" → "model.fused.onnx". */
export function fusedName(source: string, pattern: string): string {
  const { stem, ending } = split(source);
  return usablePattern(pattern).split('${name}').join(stem) + ending;
}

/** The source that `fusedName` gives this name for; null for a name of another form. */
export function sourceName(fused: string, pattern: string): string | null {
  const { stem, ending } = split(fused);
  const parts = usablePattern(pattern).split('${name}');
  // a pattern may name the source twice
  const length = (stem.length - parts.join('').length) / (parts.length - 1);
  if (!Number.isInteger(length) || length < 1) return null;
  const from = parts[0]?.length ?? 0;
  const source = stem.slice(from, from + length) + ending;
  return fusedName(source, pattern) === fused ? source : null;
}

function split(fileName: string): { readonly stem: string; readonly ending: string } {
  const dot = fileName.lastIndexOf('.');
  return dot <= 0
    ? { stem: fileName, ending: '.onnx' }
    : { stem: fileName.slice(0, dot), ending: fileName.slice(dot) };
}
