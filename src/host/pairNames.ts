/** Two models that should compute the same, by their paths. */
export interface PathPair {
  readonly original: string;
  readonly fused: string;
}

/** What merged models are called, between the name and `.onnx`. */
const MERGED = /[._-](fused|deploy|merged|reparam)$/i;

/** What their originals are called besides the name alone. */
const UNMERGED = /[._-](train|original)$/i;

/**
 * Pairs by their names alone, in the order of the merged ones: `x.onnx` or `x.train.onnx` with `x.fused.onnx`, `x.deploy.onnx` …
 * in the same folder. One original may have several merged forms.
 */
export function guessPairs(paths: readonly string[]): readonly PathPair[] {
  const originals = new Map<string, string>();
  // a training form is the original, whatever else has the name
  for (const path of paths) {
    const stem = stemOf(path);
    if (MERGED.test(stem)) continue;
    const name = stem.replace(UNMERGED, '').toLowerCase();
    if (!originals.has(name) || UNMERGED.test(stem)) originals.set(name, path);
  }
  return [...paths].sort().flatMap((fused) => {
    const stem = stemOf(fused);
    const original = MERGED.test(stem) ? originals.get(stem.replace(MERGED, '').toLowerCase()) : undefined;
    return original === undefined ? [] : [{ original, fused }];
  });
}

function stemOf(path: string): string {
  return path.replace(/\.onnx$/i, '');
}
