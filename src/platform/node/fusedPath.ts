import { basename, dirname, extname, join } from 'node:path';
import type { ModelFormat } from '../../core/ir/model';

/** `<name>.fused.<ext>` beside the source; of a format that is only read, `.onnx`. */
export function fusedPath(source: string, format: ModelFormat): string {
  const extension = extname(source);
  const keeps = format === 'onnx' && extension !== '';
  return join(dirname(source), `${basename(source, extension)}.fused${keeps ? extension : '.onnx'}`);
}
