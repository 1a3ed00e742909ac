import type { OptionsTable } from '../protocol/fileOptions';
import type { HostFileMethods } from '../protocol/hostFiles';
import type { ModelWorkerEvents, ModelWorkerMethods } from '../protocol/modelWorker';
import { openRpc, type Handlers, type ParamsOf, type ResultOf, type Rpc } from '../protocol/rpc';
import type { ThreadWorker } from '../protocol/threadWorker';
import type { Result } from '../protocol/vocabulary';

export interface ThreadOptions {
  readonly start: () => ThreadWorker;
  /** Files that it can't get at by itself. */
  readonly files: Handlers<HostFileMethods>;
  /** Milliseconds that a cancelled job may take to end before the thread is ended instead. */
  readonly patience?: number;
  /** What was said of files: a thread is told of it before anything else. */
  readonly options: () => OptionsTable;
  readonly onProgress: (job: number, fraction: number, label: string) => void;
  /** One sentence on a thread that ended by itself. */
  readonly onCrash: (sentence: string) => void;
}

interface Running {
  readonly worker: ThreadWorker;
  readonly rpc: Rpc<ModelWorkerMethods>;
}

const PATIENCE = 800;

/**
 * The worker thread: started by the first call, ended when it doesn't hear a Cancel, started again by the next call.
 * Calls of others that an ended thread was still working on are made again, so only the cancelled job is lost.
 */
export class ModelThread {
  #running: Running | null = null;
  #ended = false;
  /** Threads that were ended on purpose. */
  readonly #ending = new WeakSet<ThreadWorker>();
  /** Why a thread ended by itself. */
  readonly #crashes = new WeakMap<ThreadWorker, string>();

  constructor(private readonly options: ThreadOptions) {}

  /** Whether the thread is there: it is not before it is needed. */
  get started(): boolean {
    return this.#running !== null;
  }

  /** Calls a method. With a `job`, `signal` cancels: the result comes when the job has really ended. */
  async call<K extends keyof ModelWorkerMethods>(
    method: K,
    params: ParamsOf<ModelWorkerMethods[K]>,
    cancel: { readonly signal?: AbortSignal | undefined; readonly job?: number } = {},
  ): Promise<Result<ResultOf<ModelWorkerMethods[K]>>> {
    const { signal, job } = cancel;
    for (;;) {
      if (this.#ended) return { ok: false, problem: { code: 'cancelled', message: 'VS Code is closing.' } };
      const running = (this.#running ??= this.#start());
      const result = await running.rpc.call(method, params, signal === undefined ? {} : { signal });
      if (result.ok) return result;
      if (signal?.aborted === true) {
        if (job !== undefined) await this.#awaitEnd(running, job);
        return result;
      }
      if (!this.#ending.has(running.worker)) return this.#crashed(running, result);
    }
  }

  /** Ends the thread for good. */
  async dispose(): Promise<void> {
    this.#ended = true;
    if (this.#running !== null) await this.#end(this.#running);
  }

  /** A call that a crash cut off failed; nobody cancelled it. */
  #crashed<T>({ worker }: Running, result: Result<T>): Result<T> {
    const reason = this.#crashes.get(worker);
    if (reason === undefined || result.ok || result.problem.code !== 'cancelled') return result;
    return { ok: false, problem: { code: 'failed', message: crashSentence(reason) } };
  }

  async #awaitEnd(running: Running, job: number): Promise<void> {
    const ended = await running.rpc.call('ended', { job }, { timeout: this.options.patience ?? PATIENCE });
    if (!ended.ok) await this.#end(running);
  }

  async #end(running: Running): Promise<void> {
    this.#ending.add(running.worker);
    if (this.#running === running) this.#running = null;
    // the thread first: whoever hears of the end may rely on it
    await running.worker.terminate();
    running.rpc.dispose();
  }

  #start(): Running {
    const worker = this.options.start();
    const rpc = openRpc<Handlers<ModelWorkerEvents>, ModelWorkerMethods>(worker, {
      ...this.options.files,
      progress: ({ job, fraction, label }) => this.options.onProgress(job, fraction, label),
    });
    const running = { worker, rpc };
    const options = this.options.options();
    if (Object.keys(options).length > 0) void rpc.call('giveOptions', { options });
    worker.onExit((reason) => {
      if (this.#running === running) this.#running = null;
      if (!this.#ending.has(worker)) {
        this.#crashes.set(worker, reason);
        this.options.onCrash(crashSentence(reason));
      }
      rpc.dispose();
    });
    return running;
  }
}

function crashSentence(reason: string): string {
  const words = reason.replace(/\s+/g, ' ').replace(/\.+$/, '');
  return `The worker that reads models stopped (${words}); try again, it starts anew.`;
}
