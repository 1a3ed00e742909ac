import { raise } from '../core/result';

/**
 * Refuses the name of a file beside a model that may lead out of its folder. By its text alone, the same on every system: a model
 * is not to mean different files on different machines. @throws ProblemError `unsafe-path`.
 */
export function checkCompanionPath(path: string): void {
  const parts = path.split('/');
  if (path === '' || path.includes('\0'))
    raise('unsafe-path', 'The name of a file beside the model is empty or no text.');
  if (leavesFolder(parts) || path.startsWith('/') || path.includes('\\') || /^[a-z]:/i.test(path)) {
    raise('unsafe-path', `"${path}" may lead out of the model's folder, and only files inside are read.`);
  }
}

function leavesFolder(parts: readonly string[]): boolean {
  let depth = 0;
  for (const part of parts) {
    if (part === '..') depth -= 1;
    else if (part !== '.' && part !== '') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
