import { basename, dirname, extname, join } from 'node:path';

/** `<name>.fused.<ext>` beside the source. */
export function fusedPath(source: string): string {
  const extension = extname(source);
  return join(
    dirname(source),
    `${basename(source, extension)}.fused${extension === '' ? '.onnx' : extension}`,
  );
}
