import { basename, dirname, extname, join } from 'node:path';
import type { ModelFormat } from '../../core/ir/model';
import type { OutputFormat } from '../../core/outputFormat';

/** Endings that say what is in a file. A model under one that says something else gets its own. */
const SAYS: Readonly<Record<string, OutputFormat>> = {
  '.onnx': 'onnx',
  '.pt2': 'pt2',
  '.pt': 'pth',
  '.pth': 'pth',
  '.ckpt': 'pth',
  '.safetensors': 'safetensors',
};

/** `<name>.fused.<ext>` beside the source: an ONNX model and a checkpoint keep their ending where it says nothing else. */
export function fusedPath(source: string, format: ModelFormat, written: OutputFormat = 'onnx'): string {
  const extension = extname(source);
  const isOwn = (SAYS[extension.toLowerCase()] ?? written) === written && extension !== '';
  const keeps = isOwn && (format === 'onnx' || format === 'checkpoint');
  return join(dirname(source), `${basename(source, extension)}.fused${keeps ? extension : `.${written}`}`);
}
