import { useEffect, useState } from 'react';
import type { Problem, Result } from '../../src/core/result';

export type Answer<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly problem: Problem }
  | { readonly status: 'done'; readonly value: T };

const LOADING = { status: 'loading' } as const;

/**
 * Asks once for each key and keeps only the newest answer; the older call is cancelled.
 * @param ask must be stable; it gets the key and a signal.
 * @param source asks again when it changes, as after a reload.
 */
export function useAnswer<T>(
  key: string | null,
  ask: (key: string, signal: AbortSignal) => Promise<Result<T>>,
  source: unknown,
): Answer<T> {
  const [answer, setAnswer] = useState<{ readonly of: string | null; readonly answer: Answer<T> }>({
    of: null,
    answer: LOADING,
  });
  useEffect(() => {
    if (key === null) return undefined;
    const controller = new AbortController();
    void ask(key, controller.signal).then((result) => {
      if (controller.signal.aborted) return;
      setAnswer({
        of: key,
        answer: result.ok
          ? { status: 'done', value: result.value }
          : { status: 'failed', problem: result.problem },
      });
    });
    return () => controller.abort();
  }, [key, ask, source]);
  return answer.of === key ? answer.answer : LOADING;
}
