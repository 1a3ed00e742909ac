import { ProblemError } from '../core/result';
import { paintFor } from './paint';
import { printable } from './printable';

/** Done, or equivalent. */
export const EXIT_DONE = 0;
/** Not equivalent, or inconclusive. */
export const EXIT_DIFFERENT = 1;
/** Bad input or usage. */
export const EXIT_BAD_INPUT = 2;

/** Runs a command and ends the process with its exit code; a problem is one sentence on stderr. */
export async function runCommand(command: () => Promise<number> | number): Promise<void> {
  process.stdout.on('error', stdoutFailed);
  try {
    process.exitCode = await command();
  } catch (error) {
    complain(sentence(error));
    process.exitCode = EXIT_BAD_INPUT;
  }
  // a GPU's driver keeps the process alive
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: unknown } };
  if (navigator?.gpu !== undefined) process.stdout.write('', () => process.exit());
}

/** One sentence on stderr. */
export function complain(text: string): void {
  process.stderr.write(`${paintFor(process.stderr).red('replens:')} ${text}\n`);
}

function sentence(error: unknown): string {
  if (error instanceof ProblemError) return printable(error.problem.message);
  // A mistake of ours: the stack is for us, and only on request.
  if (process.env['REPLENS_DEBUG'] !== undefined && error instanceof Error)
    return error.stack ?? error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `an internal error (${text.split('\n')[0] ?? ''}); please report it with the model, REPLENS_DEBUG=1 shows where.`;
}

/** `replens … | head` closes the pipe early: that is no error, and the verdict's exit code stands. */
function stdoutFailed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  complain(`The output can't be written: the system says ${error.code ?? error.message}.`);
  process.exit(EXIT_BAD_INPUT);
}

/** Prints JSON on stdout, complete even into a pipe. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
