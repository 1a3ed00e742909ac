import type {
  HandedModelMethods,
  ModelWorkerEvents,
  ModelWorkerMethods,
} from '../../src/protocol/modelWorker';
import { openRpc, type CallOptions, type ParamsOf, type ResultOf, type Rpc } from '../../src/protocol/rpc';
import type { Result } from '../../src/core/result';
import { startWorker } from '../shared/startWorker';
import { workerPort } from '../shared/workerPort';

type Methods = ModelWorkerMethods & HandedModelMethods;
type Progress = (fraction: number, label: string) => void;

interface Running {
  readonly worker: Worker;
  readonly rpc: Rpc<Methods>;
}

/** The one worker of all outputs: there while an output has a model in it. */
export class ModelWorkers {
  #running: Promise<Running> | null = null;
  #users = 0;
  #lastJob = 0;
  #lastName = 0;
  readonly #progress = new Map<number, Progress>();

  constructor(private readonly script: URL) {}

  /** An output that will call. @returns it has gone. */
  enter(): () => void {
    this.#users += 1;
    let here = true;
    return () => {
      if (!here) return;
      here = false;
      this.#users -= 1;
      if (this.#users === 0) void this.#end();
    };
  }

  /** A name for a model, unlike all others in the worker. */
  nameFor(name: string): string {
    this.#lastName += 1;
    return this.#lastName === 1 ? name : `${name} (${this.#lastName})`;
  }

  /** Lets go of a model, where the worker still is. */
  forget(path: string): void {
    if (this.#running !== null) void this.call('take', { path });
  }

  /** Stands for the worker that is there: another one knows no model of before. */
  async current(): Promise<object> {
    return (this.#running ??= this.#start());
  }

  async call<K extends keyof Methods & string>(
    method: K,
    params: ParamsOf<Methods[K]>,
    options: CallOptions = {},
  ): Promise<Result<ResultOf<Methods[K]>>> {
    try {
      const { rpc } = await (this.#running ??= this.#start());
      return await rpc.call(method, params, options);
    } catch (error) {
      this.#running = null;
      return { ok: false, problem: { code: 'failed', message: words(error) } };
    }
  }

  /** A call that tells of its progress. */
  async job<K extends 'open' | 'fuse'>(
    method: K,
    params: Omit<ParamsOf<Methods[K]>, 'job'>,
    { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
  ): Promise<Result<ResultOf<Methods[K]>>> {
    const job = ++this.#lastJob;
    this.#progress.set(job, progress);
    try {
      return await this.call(method, { ...params, job } as unknown as ParamsOf<Methods[K]>, { signal });
    } finally {
      this.#progress.delete(job);
    }
  }

  async #start(): Promise<Running> {
    const response = await fetch(this.script);
    if (!response.ok)
      throw new Error(`The reader of models cannot be loaded (${response.status}); reload the window.`);
    const worker = startWorker(await response.arrayBuffer());
    const rpc = openRpc<Pick<ModelWorkerEvents, 'progress'>, Methods>(workerPort(worker), {
      progress: ({ job, fraction, label }) => this.#progress.get(job)?.(fraction, label),
    });
    const running = { worker, rpc };
    worker.addEventListener('error', () => {
      this.#running = null;
      stop(running);
    });
    return running;
  }

  async #end(): Promise<void> {
    const ending = this.#running;
    this.#running = null;
    const running = await ending?.catch(() => null);
    if (running) stop(running);
  }
}

function stop({ worker, rpc }: Running): void {
  rpc.dispose();
  worker.terminate();
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
