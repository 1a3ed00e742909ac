import { raise, type ProblemCode } from '../../result';
import type { Place } from './syntaxTree';

/** What to do about code that is not read. */
export const EXPORT = 'export the model with torch.export.save or torch.onnx.export instead';

/** Refuses a place of the archive's code. @param sentence without its full stop. */
export function refuseAt(
  file: string,
  at: Place,
  sentence: string,
  code: ProblemCode = 'unsupported',
): never {
  return raise(code, `${file}:${at.line}:${at.column}: ${sentence}.`);
}
