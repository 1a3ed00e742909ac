import { attemptAsync, raise, unwrap, type Result } from '../../src/core/result';
import type { VerificationRecord } from '../../src/core/view/report/verificationRecord';
import type { OutputFormat } from '../../src/core/outputFormat';
import type { EditorHostMethods, EditorState, Job } from '../../src/protocol/editor';
import type { VerifyJob } from '../../src/protocol/report';
import type { CallContext, Handlers, ParamsOf } from '../../src/protocol/rpc';
import { runJob } from '../report/runJob';
import { t } from '../shared/strings';
import { openOutputHost, type OutputHost } from './outputHost';
import { fusedName, saveFused, savePicture, type Saved } from './saving';
import type { Services } from './services';

/** What an output shows besides the model itself. */
export interface Extras {
  readonly saved: Saved | null;
  readonly report: VerificationRecord | null;
}

const NOTHING: Extras = { saved: null, report: null };

/** As a verification in the window. */
const SAMPLES = 4;
const SEED = 1;

type Ready = EditorState & { readonly status: 'ready' };

/** A model whose bytes lie in the output: read, drawn and fused in the outputs' worker, run in a worker of its own. */
export class InlineModel {
  readonly host: OutputHost;
  readonly #leave: () => void;
  readonly #key: string;
  readonly #ended = new AbortController();
  readonly #listeners = new Set<() => void>();
  #state: EditorState;
  #extras = NOTHING;
  #revision = 0;
  #job: AbortController | null = null;
  /** The worker that the model was put in. */
  #holder: object | null = null;

  constructor(
    private readonly name: string,
    private readonly bytes: Uint8Array<ArrayBuffer>,
    private readonly services: Services,
  ) {
    const { models, trusted } = services;
    this.#leave = models.enter();
    this.#key = models.nameFor(name);
    this.#state = { status: 'loading', fileName: name, fraction: 0, label: '' };
    this.host = openOutputHost(this.#methods(), {
      ...{ fuse: true, verify: trusted },
      ...{ shapes: false, assumptions: false, drop: false },
    });
  }

  readonly extras = (): Extras => this.#extras;

  /** @returns stops listening. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  dispose(): void {
    this.#ended.abort();
    this.#job?.abort();
    this.host.dispose();
    if (this.#holder !== null) this.services.models.forget(this.#key);
    this.#leave();
  }

  #methods(): Handlers<EditorHostMethods> {
    const ask = this.#ask.bind(this);
    return {
      ready: () => {
        void this.#open();
        return this.#state;
      },
      reload: () => void this.#open(),
      blockGraph: (params) => ask('blockGraph', params),
      node: (params) => ask('node', params),
      tensor: (params) => ask('tensor', params),
      fold: (params, context) => ask('fold', params, context),
      foldPair: (params) => ask('foldPair', params),
      map: (params) => ask('map', params),
      findInMap: (params) => ask('findInMap', params),
      savePicture: (picture) => savePicture(this.services.channel, this.name, picture),
      select: () => undefined,
      openModels: () => Promise.resolve(),
      fuse: ({ ids }) => this.#fuse(ids),
      verify: () => this.#verify(),
      setShapes: () => Promise.resolve(),
      setAssumptions: () => Promise.resolve(),
      cancelJob: () => this.#job?.abort(),
    };
  }

  async #open(): Promise<void> {
    const { name } = this;
    this.#show({ status: 'loading', fileName: name, fraction: 0, label: '' });
    const { signal } = this.#ended;
    const progress = (fraction: number, label: string): void =>
      this.#show({ status: 'loading', fileName: name, fraction, label });
    const put = await attemptAsync(() => this.#put());
    const view = put.ok
      ? await this.services.models.job('open', { path: this.#key }, { signal, progress })
      : put;
    if (signal.aborted) return;
    if (view.ok)
      this.#show({
        status: 'ready',
        fileName: name,
        view: view.value,
        job: null,
        verdict: null,
        verdicts: [],
        revision: ++this.#revision,
      });
    else this.#show({ status: 'failed', fileName: name, problem: view.problem });
  }

  /** Hands the model over to the worker, if that does not have it. */
  async #put(): Promise<void> {
    const { models } = this.services;
    const holder = await models.current();
    if (this.#holder === holder) return;
    const bytes = this.bytes.slice().buffer;
    unwrap(await models.call('put', { path: this.#key, bytes, companions: {} }, { transfer: [bytes] }));
    this.#holder = holder;
  }

  async #ask<K extends 'blockGraph' | 'node' | 'tensor' | 'fold' | 'foldPair' | 'map' | 'findInMap'>(
    method: K,
    params: ParamsOf<EditorHostMethods[K]>,
    context?: CallContext,
  ) {
    await this.#put();
    type Methods = Parameters<typeof this.services.models.call<K>>[1];
    const full = { ...(params as object), path: this.#key } as unknown as Methods;
    return unwrap(
      await this.services.models.call(method, full, context === undefined ? {} : { signal: context.signal }),
    );
  }

  #fuse(ids: readonly string[] | null): Promise<void> {
    return this.#run('fuse', async (signal) => {
      const bytes = await this.#fused(ids, signal);
      const saved = await saveFused(this.services.channel, this.name, bytes, this.#format());
      if (saved !== null) this.#extend({ saved });
    });
  }

  /** The bytes of the model with these blocks merged. */
  async #fused(only: readonly string[] | null, signal: AbortSignal): Promise<ArrayBuffer> {
    await this.#put();
    const { models } = this.services;
    const output = `${this.#key}.fused.${this.#format()}`;
    const progress = (fraction: number, label: string): void => this.#tell('fuse', fraction, label);
    unwrap(await models.job('fuse', { path: this.#key, output, only, force: true }, { signal, progress }));
    const bytes = unwrap(await models.call('take', { path: output }));
    return bytes ?? raise('failed', t('output.noFused'));
  }

  /** What it is fused into. */
  #format(): OutputFormat {
    return (this.#state.status === 'ready' ? this.#state.view.outputFormats[0] : undefined) ?? 'onnx';
  }

  #verify(): Promise<void> {
    return this.#run('verify', async (signal) => {
      if (!this.services.trusted) raise('unsupported', t('output.untrusted'));
      this.#tell('verify', 0, t('job.fuse'));
      const fused = await this.#fused(null, signal);
      const report = unwrap(await this.#compare(fused, signal));
      this.#extend({ report });
      const { verdict, reason } = report;
      if (this.#state.status === 'ready') this.#show({ ...this.#state, verdict: { verdict, reason } });
    });
  }

  #compare(fused: ArrayBuffer, signal: AbortSignal): Promise<Result<VerificationRecord>> {
    const { base } = this.services;
    const assets = {
      script: new URL('webview/runnerWorker.js', base).href,
      wasm: new URL('ort/ort-wasm-simd-threaded.asyncify.wasm', base).href,
    };
    const file = (uri: string, fileName: string) => ({ fileName, uri, companions: {} });
    const job: VerifyJob = {
      ...{ id: 0, webgpu: true, samples: SAMPLES, seed: SEED, sizes: {} },
      original: file('held:original', this.name),
      fused: file('held:fused', fusedName(this.name, this.#format())),
      inputs: { chosen: [], beside: [], pixels: 'unit' },
    };
    // copies: the runner's worker gets its bytes for good, and a second try wants them again
    const held = (uri: string): ArrayBuffer | null =>
      uri === 'held:original' ? this.bytes.slice().buffer : uri === 'held:fused' ? fused.slice(0) : null;
    const progress = (fraction: number, label: string): void => this.#tell('verify', fraction, label);
    return runJob(job, assets, { signal, progress, held });
  }

  /** One job at a time, with its progress in the header. @throws ProblemError */
  async #run(kind: Job['kind'], work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#state.status !== 'ready' || this.#job !== null) return;
    const controller = (this.#job = new AbortController());
    this.#extend(kind === 'fuse' ? { saved: null } : { report: null });
    this.#tell(kind, 0, '');
    try {
      await work(controller.signal);
    } finally {
      this.#job = null;
      if (this.#state.status === 'ready') this.#show({ ...(this.#state satisfies Ready), job: null });
    }
  }

  #tell(kind: Job['kind'], fraction: number, label: string): void {
    if (this.#state.status === 'ready' && this.#job !== null) {
      // fusing is the first part of verifying
      const job = this.#state.job?.kind === 'verify' ? 'verify' : kind;
      this.#show({ ...this.#state, job: { kind: job, fraction, label } });
    }
  }

  #extend(extras: Partial<Extras>): void {
    this.#extras = { ...this.#extras, ...extras };
    for (const listener of this.#listeners) listener();
  }

  #show(state: EditorState): void {
    this.#state = state;
    if (!this.#ended.signal.aborted) this.host.show(state);
  }
}
