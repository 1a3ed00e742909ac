import { basename, dirname, extname, join } from 'node:path';

/** `<name>.fused.<ext>` beside the source. */
export function fusedPath(source: string): string {
  const extension = extname(source);
  return join(
    dirname(source),
    `${basename(source, extension)}.fused${extension === '' ? '.onnx' : extension}`,
  );
}

/** The source that `fusedPath` gives this name for; null for a name of another form. */
export function sourcePath(fused: string): string | null {
  const extension = extname(fused);
  const stem = basename(fused, extension);
  if (!stem.endsWith('.fused') || stem === '.fused') return null;
  return join(dirname(fused), `${stem.slice(0, -'.fused'.length)}${extension}`);
}
