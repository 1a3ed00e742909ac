import type { BlockGraph } from '../core/view/blockGraph';
import type { CompareView } from '../core/view/compare/compareTypes';
import type { FoldPair, KernelFold } from '../core/view/foldTypes';
import type { FuseReport } from '../core/view/fuseReport';
import type { Glance } from '../core/view/glance';
import type { ModelMap } from '../core/view/map/mapTypes';
import type { MapMatch } from '../core/view/map/modelMap';
import type { ModelView } from '../core/view/modelView';
import type { NodeView, TensorView } from '../core/view/nodeView';
import type { OnnxText } from '../core/view/text/onnxText';
import type { FileOptions } from '../protocol/fileOptions';
import type { ModelWorkerMethods, OpenSize } from '../protocol/modelWorker';
import type { ParamsOf } from '../protocol/rpc';
import type { Result, VerificationRecord } from '../protocol/vocabulary';
import { handedFiles } from './handedFiles';
import type { HostPlatform } from './hostPlatform';
import { ModelThread } from './modelThread';
import type { OpeningOptions } from './openingOptions';

/** How a job tells of itself and is cancelled. */
export interface Watch {
  readonly signal?: AbortSignal;
  readonly progress?: (fraction: number, label: string) => void;
}

type JobParams<K extends 'open' | 'fuse' | 'verify'> = Omit<ParamsOf<ModelWorkerMethods[K]>, 'job'>;

/** Reading, detecting, fusing, writing: all of it in a worker, so that the window never waits. `path`: see `modelKey`. */
export class ModelService {
  readonly #thread: ModelThread;
  readonly #progress = new Map<number, (fraction: number, label: string) => void>();
  #lastJob = 0;

  constructor(
    private readonly platform: Pick<HostPlatform, 'startThread' | 'removeStaleTemporaries'>,
    onCrash: (sentence: string) => void,
    private readonly options: OpeningOptions,
  ) {
    this.#thread = new ModelThread({
      start: () => platform.startThread(),
      files: handedFiles,
      options: () => options.table,
      onProgress: (job, fraction, label) => this.#progress.get(job)?.(fraction, label),
      onCrash,
    });
  }

  /** Whether the thread runs: not before it is needed. */
  get started(): boolean {
    return this.#thread.started;
  }

  open(path: string, watch: Watch = {}): Promise<Result<ModelView>> {
    return this.#job('open', { path }, watch);
  }

  /** What the person said of a file that it does not say itself. */
  optionsOf(path: string): FileOptions {
    return this.options.of(path);
  }

  /** Remembers what the person says of a file, in the place of what they said before: all that reads it from now on takes it so. */
  async giveOptions(path: string, options: FileOptions): Promise<void> {
    await this.options.set(path, options);
    if (this.started) await this.#thread.call('giveOptions', { options: this.options.table });
  }

  /** Whether a file can be read so. */
  checkOptions(path: string, options: FileOptions): Promise<Result<null>> {
    return this.#thread.call('checkOptions', { path, options });
  }

  /** The model as its file says it, whatever was said of it. */
  glimpse(path: string): Promise<Result<ModelView>> {
    return this.#thread.call('glimpse', { path });
  }

  close(path: string): void {
    if (this.started) void this.#thread.call('close', { path });
  }

  blockGraph(path: string, id: string): Promise<Result<BlockGraph | null>> {
    return this.#thread.call('blockGraph', { path, id });
  }

  node(path: string, name: string): Promise<Result<NodeView | null>> {
    return this.#thread.call('node', { path, name });
  }

  tensor(path: string, name: string): Promise<Result<TensorView | null>> {
    return this.#thread.call('tensor', { path, name });
  }

  glance(path: string): Promise<Result<Glance>> {
    return this.#thread.call('glance', { path });
  }

  text(path: string): Promise<Result<OnnxText>> {
    return this.#thread.call('text', { path });
  }

  fold(path: string, id: string, signal: AbortSignal): Promise<Result<KernelFold | null>> {
    return this.#thread.call('fold', { path, id }, { signal });
  }

  map(path: string, open: readonly string[] | null): Promise<Result<ModelMap>> {
    return this.#thread.call('map', { path, open });
  }

  compare(path: string, other: string): Promise<Result<CompareView>> {
    return this.#thread.call('compare', { path, other });
  }

  findInMap(path: string, text: string): Promise<Result<readonly MapMatch[]>> {
    return this.#thread.call('findInMap', { path, text });
  }

  foldPair(
    path: string,
    pair: Omit<ParamsOf<ModelWorkerMethods['foldPair']>, 'path'>,
  ): Promise<Result<FoldPair | null>> {
    return this.#thread.call('foldPair', { path, ...pair });
  }

  openSizes(path: string): Promise<Result<readonly OpenSize[]>> {
    return this.#thread.call('openSizes', { path });
  }

  companions(path: string): Promise<Result<readonly string[]>> {
    return this.#thread.call('companions', { path });
  }

  /** Fuses and writes. Cancelled at any moment, the folder holds the old output or none, and nothing half written. */
  async fuse(params: JobParams<'fuse'>, watch: Watch = {}): Promise<Result<FuseReport>> {
    const started = Date.now();
    const result = await this.#job('fuse', params, watch);
    // an ended thread could not tidy up itself
    if (!result.ok) this.platform.removeStaleTemporaries(params.output, started);
    return result;
  }

  /** Compares on wasm in the thread, for where no webview can run models. */
  verify(params: JobParams<'verify'>, watch: Watch = {}): Promise<Result<VerificationRecord>> {
    return this.#job('verify', params, watch);
  }

  async dispose(): Promise<void> {
    await this.#thread.dispose();
  }

  async #job<K extends 'open' | 'fuse' | 'verify'>(method: K, params: JobParams<K>, watch: Watch) {
    const job = ++this.#lastJob;
    if (watch.progress !== undefined) this.#progress.set(job, watch.progress);
    try {
      const full = { ...params, job } as unknown as ParamsOf<ModelWorkerMethods[K]>;
      return await this.#thread.call(method, full, { signal: watch.signal, job });
    } finally {
      this.#progress.delete(job);
    }
  }
}
