import type { ProblemCode } from '../../core/result';
import { raise } from '../../core/result';

/** What the system says about a file, as a sentence for a person. */

interface Saying {
  readonly code: ProblemCode;
  readonly text: (path: string) => string;
}

const SAYINGS: Readonly<Record<string, Saying>> = {
  ENOENT: { code: 'not-found', text: (path) => `"${path}" does not exist; check the name.` },
  ENOTDIR: {
    code: 'not-found',
    text: (path) => `"${path}" does not exist; a part of its path is no folder.`,
  },
  EACCES: { code: 'failed', text: (path) => `"${path}" may not be opened by you; check its permissions.` },
  EPERM: { code: 'failed', text: (path) => `"${path}" may not be changed by you; check its permissions.` },
  EROFS: { code: 'failed', text: (path) => `"${path}" lies on a read-only disk; choose another folder.` },
  EISDIR: { code: 'bad-input', text: (path) => `"${path}" is a folder; name a file in it.` },
  ENOSPC: { code: 'failed', text: (path) => `The disk is full at "${path}"; free some space and try again.` },
  EDQUOT: {
    code: 'failed',
    text: (path) => `Your disk quota is used up at "${path}"; free some space and try again.`,
  },
  ENAMETOOLONG: { code: 'usage', text: (path) => `"${path}" is too long a name; choose a shorter one.` },
  ELOOP: { code: 'not-found', text: (path) => `"${path}" is a symbolic link that leads round in a circle.` },
  EMFILE: {
    code: 'failed',
    text: (path) => `Too many files are open to open "${path}" as well; close some.`,
  },
};

/** Raises what the system said about `path` as a `ProblemError`; an error that is not the system's goes through as it is. */
export function raiseFileProblem(error: unknown, path: string): never {
  const code = systemCode(error);
  if (code === null) throw error;
  const saying = SAYINGS[code];
  if (saying !== undefined) return raise(saying.code, saying.text(path));
  return raise('failed', `"${path}" cannot be used: the system says ${code}.`);
}

/** The system's code of an error, as ENOENT; null for an error from elsewhere. */
export function systemCode(error: unknown): string | null {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : null;
}
