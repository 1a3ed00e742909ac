import type { RunnerAssets } from '../../src/protocol/bootstrap';
import type {
  BenchJob,
  GpuState,
  ReportFile,
  ReportHostMethods,
  ReportViewMethods,
  VerifyJob,
} from '../../src/protocol/report';
import { openRpc, type Rpc } from '../../src/protocol/rpc';
import type { Problem, Result } from '../../src/core/result';
import type { SpeedReport } from '../../src/core/verify/speed/speedReport';
import type { VerificationRecord } from '../../src/core/view/report/verificationRecord';
import { askGpu } from '../shared/gpuState';
import { t } from '../shared/strings';
import { vscodePort, type WebviewApi } from '../shared/vscodePort';
import { runBench, runJob, type JobWatch } from './runJob';

/** What the runner view shows. */
export type RunnerState =
  | { readonly status: 'idle' }
  | { readonly status: 'running'; readonly names: Names; readonly fraction: number; readonly label: string }
  | { readonly status: 'cancelled'; readonly names: Names }
  | { readonly status: 'failed'; readonly names: Names; readonly problem: Problem }
  | { readonly status: 'done'; readonly names: Names; readonly report: VerificationRecord }
  | { readonly status: 'benched'; readonly names: Names; readonly speed: SpeedReport };

/** File names of the two models. */
export interface Names {
  readonly original: string;
  readonly fused: string;
}

interface Running {
  readonly job: BenchJob;
  readonly controller: AbortController;
}

/** Carries out the jobs that the extension host sends, one at a time; a new one ends the one before. */
export class Runner {
  readonly #api: WebviewApi;
  readonly #assets: RunnerAssets | null;
  readonly #host: Rpc<ReportHostMethods>;
  readonly #listeners = new Set<() => void>();
  #state: RunnerState;
  #gpu: GpuState | null = null;
  #running: Running | null = null;

  constructor(api: WebviewApi, assets: RunnerAssets | null) {
    this.#api = api;
    this.#assets = assets;
    this.#state = remembered(api);
    this.#host = openRpc<ReportViewMethods, ReportHostMethods>(vscodePort(api), {
      verify: (job) => void this.#verify(job),
      bench: (job) => void this.#bench(job),
      cancel: ({ id }) => {
        if (this.#running?.job.id === id) this.cancel();
      },
    });
    void this.#greet();
  }

  readonly state = (): RunnerState => this.#state;
  readonly gpu = (): GpuState | null => this.#gpu;

  /** @returns stops listening. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Ends the running job at once. */
  readonly cancel = (): void => {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    running.controller.abort();
    this.#show({ status: 'cancelled', names: namesOf(running.job) });
    this.#fail(running.job, { code: 'cancelled', message: t('report.cancelledText') });
  };

  /** Shows a block in the model editor. */
  readonly reveal = (id: string): void => void this.#host.call('revealBlock', { id });

  async #greet(): Promise<void> {
    const gpu = await askGpu();
    this.#gpu = gpu;
    this.#changed();
    await this.#host.call('ready', { gpu });
  }

  /** Saves the report. Rejects with a sentence. */
  readonly save = async (file: ReportFile): Promise<boolean> => {
    const saved = await this.#host.call('save', file);
    if (saved.ok) return saved.value;
    throw new Error(saved.problem.message);
  };

  #verify(job: VerifyJob): Promise<void> {
    return this.#run(
      job,
      (watch) => runJob(job, this.#assets, watch),
      (report) => {
        this.#show({ status: 'done', names: namesOf(job), report });
        void this.#host.call('finished', { id: job.id, report });
      },
    );
  }

  #bench(job: BenchJob): Promise<void> {
    return this.#run(
      job,
      (watch) => runBench(job, this.#assets, watch),
      (speed) => {
        this.#show({ status: 'benched', names: namesOf(job), speed });
        void this.#host.call('benched', { id: job.id, speed });
      },
    );
  }

  async #run<T>(
    job: BenchJob,
    work: (watch: JobWatch) => Promise<Result<T>>,
    finish: (value: T) => void,
  ): Promise<void> {
    this.cancel();
    const running: Running = { job, controller: new AbortController() };
    this.#running = running;
    const names = namesOf(job);
    const progress = (fraction: number, label: string): void => {
      if (this.#running !== running) return;
      this.#show({ status: 'running', names, fraction, label });
      void this.#host.call('progress', { id: job.id, fraction, label });
    };
    progress(0, t('report.fetching'));
    const result = await work({ signal: running.controller.signal, progress });
    if (this.#running !== running) return;
    this.#running = null;
    if (result.ok) {
      finish(result.value);
    } else {
      this.#show({ status: 'failed', names, problem: result.problem });
      this.#fail(job, result.problem);
    }
  }

  #fail({ id }: BenchJob, problem: Problem): void {
    void this.#host.call('failed', { id, problem });
  }

  #show(state: RunnerState): void {
    this.#state = state;
    this.#api.setState(isKept(state) ? state : null);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function namesOf({ original, fused }: BenchJob): Names {
  return { original: original.fileName, fused: fused.fileName };
}

/** The last report, after the page was loaded again. */
function remembered(api: WebviewApi): RunnerState {
  const state = api.getState() as RunnerState | null | undefined;
  return state && isKept(state) ? state : { status: 'idle' };
}

function isKept({ status }: RunnerState): boolean {
  return status === 'done' || status === 'benched';
}
