import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { raise } from '../core/result';
import { recordMarkdown } from '../core/view/report/recordMarkdown';
import type { VerificationRecord } from '../core/view/report/verificationRecord';
import { raiseFileProblem } from '../platform/node/fileProblem';

/** Writes a verification, in the form that the file's name asks for; what was there is replaced. @throws ProblemError `usage`. */
export function saveReport(record: VerificationRecord, path: string): void {
  const content = formOf(path) === 'json' ? `${JSON.stringify(record, null, 2)}\n` : recordMarkdown(record);
  try {
    writeFileSync(path, content);
  } catch (error) {
    raiseFileProblem(error, path);
  }
}

/** @throws ProblemError `usage` for a name that is neither .md nor .json. */
export function formOf(path: string): 'json' | 'markdown' {
  const extension = extname(path).toLowerCase();
  if (extension === '.json') return 'json';
  if (extension === '.md' || extension === '.markdown') return 'markdown';
  return raise('usage', `A report is saved as .md or .json; "${path}" is neither.`);
}
