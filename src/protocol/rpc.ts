import type { Problem, Result } from '../core/result';

/**
 * The one way in which extension host, worker threads, webviews and blob workers talk: a contract is a type of methods,
 * and calls and replies follow from it. A reply is `{ ok }` or `{ err }`; a call times out when asked to, can be cancelled,
 * and is rejected when the channel is disposed, so no promise is left hanging.
 */

/** The methods of one side. Params and results are structured-clone data. */
export type Methods<T> = { readonly [K in keyof T]: (params: never, context: CallContext) => unknown };

export interface CallContext {
  /** Aborted when the caller cancels or the channel is disposed. */
  readonly signal: AbortSignal;
}

/** Methods as `openRpc` serves them: each may look at the caller's signal. */
export type Handlers<T> = {
  readonly [K in keyof T]: T[K] extends (params: infer P) => infer R
    ? (params: P, context: CallContext) => R
    : never;
};

export type ParamsOf<F> = F extends (params: infer P, ...rest: never[]) => unknown ? P : never;
export type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** How messages leave and arrive. */
export interface Port {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** @returns stops listening. */
  listen(receive: (message: unknown) => void): () => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Rejects after so many milliseconds; none when left out, for jobs that show progress. */
  readonly timeout?: number;
  /** Buffers to move instead of copy. */
  readonly transfer?: readonly ArrayBuffer[];
}

export interface Rpc<Remote> {
  call<K extends keyof Remote & string>(
    method: K,
    params: ParamsOf<Remote[K]>,
    options?: CallOptions,
  ): Promise<Result<ResultOf<Remote[K]>>>;
  /** Ends the channel: open calls settle as problems, running handlers are aborted. */
  dispose(): void;
}

type Message =
  | {
      readonly replens: 1;
      readonly kind: 'call';
      readonly id: number;
      readonly method: string;
      readonly params: unknown;
    }
  | { readonly replens: 1; readonly kind: 'cancel'; readonly id: number }
  | { readonly replens: 1; readonly kind: 'reply'; readonly id: number; readonly ok: unknown }
  | { readonly replens: 1; readonly kind: 'reply'; readonly id: number; readonly err: Problem };

interface Waiting {
  settle(result: Result<unknown>): void;
}

/** Opens a channel. `handlers` serve the other side's calls; a handler throws a ProblemError to answer with a problem. */
export function openRpc<Local extends Methods<Local>, Remote extends Methods<Remote>>(
  port: Port,
  handlers: Local,
): Rpc<Remote> {
  const waiting = new Map<number, Waiting>();
  const running = new Map<number, AbortController>();
  let next = 1;
  let disposed = false;
  const stop = port.listen((message) => {
    if (disposed || !isMessage(message)) return;
    if (message.kind === 'call') void serve(message, handlers, running, port, () => disposed);
    else if (message.kind === 'cancel') running.get(message.id)?.abort();
    else
      waiting
        .get(message.id)
        ?.settle('err' in message ? { ok: false, problem: message.err } : { ok: true, value: message.ok });
  });
  return {
    call: (method, params, options = {}) =>
      new Promise((resolve) => {
        const id = next++;
        const finish = tracked(id, waiting, port, options, resolve as (result: Result<unknown>) => void);
        if (disposed) finish(closed());
        else if (options.signal?.aborted === true) finish(cancelled());
        else port.post({ replens: 1, kind: 'call', id, method, params } satisfies Message, options.transfer);
      }),
    dispose: () => {
      if (disposed) return;
      disposed = true;
      stop();
      for (const controller of running.values()) controller.abort();
      for (const { settle } of [...waiting.values()]) settle(closed());
    },
  };
}

/** Settles a call once: by its reply, its time-out, its cancellation or the channel's end. */
function tracked(
  id: number,
  waiting: Map<number, Waiting>,
  port: Port,
  { signal, timeout }: CallOptions,
  resolve: (result: Result<unknown>) => void,
): (result: Result<unknown>) => void {
  const withdraw = (result: Result<never>): void => {
    if (!waiting.has(id)) return;
    port.post({ replens: 1, kind: 'cancel', id } satisfies Message);
    settle(result);
  };
  const onAbort = (): void => withdraw(cancelled());
  const timer = timeout === undefined ? undefined : setTimeout(() => withdraw(timedOut(timeout)), timeout);
  const settle = (result: Result<unknown>): void => {
    if (!waiting.delete(id)) return;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    resolve(result);
  };
  waiting.set(id, { settle });
  signal?.addEventListener('abort', onAbort);
  return settle;
}

async function serve(
  message: Message & { readonly kind: 'call' },
  handlers: object,
  running: Map<number, AbortController>,
  port: Port,
  isDisposed: () => boolean,
): Promise<void> {
  const { id, method, params } = message;
  const controller = new AbortController();
  running.set(id, controller);
  let reply: Message;
  let moved: readonly ArrayBuffer[] = [];
  try {
    const handler = Object.hasOwn(handlers, method)
      ? (handlers as Record<string, unknown>)[method]
      : undefined;
    if (typeof handler !== 'function') throw new Error(`there is no method "${method}"`);
    const ok: unknown = await (handler as (params: unknown, context: CallContext) => unknown)(params, {
      signal: controller.signal,
    });
    reply = { replens: 1, kind: 'reply', id, ok };
    // bytes are moved: a copy of a model would cost its size
    if (ok instanceof ArrayBuffer) moved = [ok];
  } catch (error) {
    reply = { replens: 1, kind: 'reply', id, err: problemOf(error) };
  }
  running.delete(id);
  if (!isDisposed()) port.post(reply, moved);
}

function problemOf(error: unknown): Problem {
  if (error instanceof Error && 'problem' in error) return error.problem as Problem;
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}

const closed = (): Result<never> => ({
  ok: false,
  problem: { code: 'cancelled', message: 'The other side was closed.' },
});
const cancelled = (): Result<never> => ({ ok: false, problem: { code: 'cancelled', message: 'Cancelled.' } });
const timedOut = (timeout: number): Result<never> => ({
  ok: false,
  problem: { code: 'failed', message: `There was no answer within ${timeout / 1000} s.` },
});

function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'replens' in message && message.replens === 1;
}
