import { raise, unwrap } from '../../src/core/result';
import type { EditorHostMethods, EditorState } from '../../src/protocol/editor';
import type { NotebookHostMethods } from '../../src/protocol/notebook';
import type { CallContext, Handlers, ParamsOf } from '../../src/protocol/rpc';
import { t } from '../shared/strings';
import { openOutputHost, type OutputHost } from './outputHost';
import { savePicture } from './saving';
import type { Services } from './services';

/** A model that lies beside the notebook: the extension host reads it, and tells what is asked for. */
export class PathModel {
  readonly host: OutputHost;
  readonly #ended = new AbortController();
  #revision = 0;

  constructor(
    private readonly name: string,
    private readonly path: string,
    private readonly services: Services,
  ) {
    this.host = openOutputHost(this.#methods(), {
      ...{ fuse: false, verify: false },
      ...{ shapes: false, assumptions: false, drop: false },
    });
  }

  /** Shows it in the model editor, which can do all the rest. @throws ProblemError */
  async openEditor(): Promise<void> {
    await this.#call('openEditor', {});
  }

  dispose(): void {
    this.#ended.abort();
    this.host.dispose();
    void this.services.channel.hello().then((host) => {
      if (host !== null) void this.#call('close', {}).catch(() => undefined);
    });
  }

  #methods(): Handlers<EditorHostMethods> {
    const call = this.#call.bind(this);
    const nothing = (): Promise<void> => Promise.resolve();
    return {
      ready: () => {
        void this.#open();
        return this.#loading();
      },
      reload: () => void this.#open(),
      blockGraph: (params) => call('blockGraph', params),
      node: (params) => call('node', params),
      tensor: (params) => call('tensor', params),
      fold: (params, context) => call('fold', params, context),
      foldPair: (params) => call('foldPair', params),
      map: (params) => call('map', params),
      findInMap: (params) => call('findInMap', params),
      savePicture: (picture) => savePicture(this.services.channel, this.name, picture),
      select: () => undefined,
      openModels: nothing,
      fuse: nothing,
      verify: nothing,
      setShapes: nothing,
      setAssumptions: nothing,
      cancelJob: () => undefined,
    };
  }

  #loading(): EditorState {
    return { status: 'loading', fileName: this.name, fraction: 0, label: t('output.asking') };
  }

  async #open(): Promise<void> {
    const fileName = this.name;
    this.host.show(this.#loading());
    try {
      const view = await this.#call('open', {});
      this.#show({
        status: 'ready',
        fileName,
        view,
        job: null,
        verdict: null,
        verdicts: [],
        revision: ++this.#revision,
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#show({ status: 'failed', fileName, problem: { code: 'failed', message } });
    }
  }

  async #call<K extends Exclude<keyof NotebookHostMethods, 'hello' | 'saveFused' | 'saveAs'>>(
    method: K,
    params: Omit<ParamsOf<NotebookHostMethods[K]>, 'path'>,
    context?: CallContext,
  ) {
    const host = await this.services.channel.reach();
    if (host === null) raise('unsupported', t('output.noHost', { name: this.name }));
    const full = { ...params, path: this.path } as unknown as ParamsOf<NotebookHostMethods[K]>;
    return unwrap(await host.call(method, full, context === undefined ? {} : { signal: context.signal }));
  }

  #show(state: EditorState): void {
    if (!this.#ended.signal.aborted) this.host.show(state);
  }
}
