/**
 * Errors as values. A `Problem` is one sentence for a person: what is wrong, where, and what to do.
 * Code inside a stage may throw `ProblemError`; every exported stage returns a `Result`.
 */

/** Something the user can read and act on. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what, where, what to do. */
  readonly message: string;
}

export type ProblemCode =
  'bad-input' | 'not-found' | 'unsafe-path' | 'unsupported' | 'usage' | 'exists' | 'cancelled' | 'failed';

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Carries a `Problem` up to the edge of a stage, where `attempt` turns it into a value. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'ProblemError';
  }
}

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(code: ProblemCode, message: string): Result<never> {
  return { ok: false, problem: { code, message } };
}

/** Throws a `ProblemError`: for the inside of a stage only. */
export function raise(code: ProblemCode, message: string): never {
  throw new ProblemError({ code, message });
}

/** Runs a stage and turns a raised problem into a value; a programming error stays an exception. */
export function attempt<T>(stage: () => T): Result<T> {
  try {
    return ok(stage());
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** `attempt` for an asynchronous stage. */
export async function attemptAsync<T>(stage: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await stage());
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** The value, or the problem raised again. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.problem);
}
