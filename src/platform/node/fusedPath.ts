import { basename, dirname, extname, join } from 'node:path';
import type { ModelFormat } from '../../core/ir/model';
import type { OutputFormat } from '../../core/outputFormat';

/** `<name>.fused.<ext>` beside the source: in the ending of the format that is written, for an ONNX model in its own. */
export function fusedPath(source: string, format: ModelFormat, written: OutputFormat = 'onnx'): string {
  const extension = extname(source);
  const keeps = (format === 'onnx' || format === 'checkpoint') && extension !== '';
  return join(dirname(source), `${basename(source, extension)}.fused${keeps ? extension : `.${written}`}`);
}
