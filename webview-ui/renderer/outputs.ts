import type { Bootstrap } from '../../src/protocol/bootstrap';
import { BOOTSTRAP_ID } from '../../src/protocol/bootstrap';
import { HostChannel } from './hostChannel';
import { ModelWorkers } from './modelWorkers';
import type { OutputItem, RendererContext } from './rendererContext';
import { loadStyles } from './styles';

interface Output {
  readonly item: OutputItem;
  readonly host: HTMLElement;
  /** Ends what is shown. */
  unmount: (() => void) | null;
  /** It was in the page once: when it is no longer, it has gone. */
  attached: boolean;
  disposed: boolean;
}

/** How far below the window's edge an output begins to be drawn. */
const AHEAD = '400px';

/** The notebook's outputs. Each is drawn when it comes into sight, and nothing is left of it when it goes. */
export class Outputs {
  readonly #outputs = new Map<string, Output>();
  readonly #channel: HostChannel;
  readonly #models: ModelWorkers;
  readonly #observer: IntersectionObserver;
  /** An output may be taken out of the page without a word. */
  readonly #removals = new MutationObserver(() => this.#sweep());
  #ready: ReturnType<Outputs['load']> | null = null;

  /** @param base the folder of the bundles. */
  constructor(
    private readonly context: RendererContext,
    private readonly base: URL,
  ) {
    this.#channel = new HostChannel(context);
    this.#models = new ModelWorkers(new URL('webview/modelWorker.js', base));
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) if (isIntersecting) this.#seen(target);
      },
      { rootMargin: AHEAD },
    );
  }

  show(item: OutputItem, element: HTMLElement, signal?: AbortSignal): void {
    this.dispose(item.id);
    if (signal?.aborted === true) return;
    const host = document.createElement('div');
    host.dataset['replens'] = 'waiting';
    // room for what will come, so that not all outputs below are in sight at once
    host.style.minHeight = '320px';
    element.replaceChildren(host);
    const output: Output = { item, host, unmount: null, attached: host.isConnected, disposed: false };
    if (this.#outputs.size === 0) this.#removals.observe(document.body, { childList: true, subtree: true });
    this.#outputs.set(item.id, output);
    signal?.addEventListener('abort', () => this.#end(output), { once: true });
    this.#observer.observe(host);
  }

  dispose(id?: string): void {
    const ended = id === undefined ? [...this.#outputs.values()] : [this.#outputs.get(id)];
    for (const output of ended) if (output !== undefined) this.#end(output);
  }

  #sweep(): void {
    for (const output of [...this.#outputs.values()]) {
      if (output.host.isConnected) output.attached = true;
      else if (output.attached) this.#end(output);
    }
  }

  #seen(target: Element): void {
    this.#observer.unobserve(target);
    const output = [...this.#outputs.values()].find(({ host }) => host === target);
    if (output !== undefined) void this.#mount(output);
  }

  async #mount(output: Output): Promise<void> {
    const { host, item } = output;
    try {
      const { mountOutput, sheet } = await (this.#ready ??= this.load());
      if (output.disposed) return;
      const shadow = host.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [sheet];
      keepKeys(shadow);
      const root = shadow.appendChild(document.createElement('div'));
      root.id = 'root';
      output.unmount = mountOutput(root, item, {
        channel: this.#channel,
        models: this.#models,
        base: this.base,
        trusted: this.context.workspace?.isTrusted !== false,
      });
      host.dataset['replens'] = 'shown';
      host.style.minHeight = '';
    } catch (error) {
      this.#ready = null;
      host.dataset['replens'] = 'failed';
      host.textContent = `RepLens could not start in this output: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** What all outputs share, with the first of them: the words, the looks, the screens. */
  private async load() {
    const [hello, sheet] = await Promise.all([this.#channel.hello(), loadStyles(this.base)]);
    const { strings = {}, language = 'en' } = hello ?? {};
    // where the screens look for their words when they are loaded
    bootstrap({ strings, language, runner: null });
    const { mountOutput } = await import('./mountOutput');
    return { mountOutput, sheet };
  }

  #end(output: Output): void {
    if (output.disposed) return;
    output.disposed = true;
    this.#observer.unobserve(output.host);
    output.unmount?.();
    output.host.remove();
    if (this.#outputs.get(output.item.id) === output) this.#outputs.delete(output.item.id);
    if (this.#outputs.size === 0) this.#removals.disconnect();
  }
}

function bootstrap(content: Bootstrap): void {
  if (document.getElementById(BOOTSTRAP_ID) !== null) return;
  const element = document.createElement('script');
  element.type = 'application/json';
  element.id = BOOTSTRAP_ID;
  element.textContent = JSON.stringify(content);
  document.head.append(element);
}

/** Keys that an output has used or that go into one of its fields are no commands of the notebook: "dd" deletes a cell there. */
function keepKeys(shadow: ShadowRoot): void {
  shadow.addEventListener('keydown', (event) => {
    const { ctrlKey, metaKey, altKey, target } = event as KeyboardEvent;
    const isField = target instanceof HTMLElement && target.matches('input, select, textarea');
    const isWord = !ctrlKey && !metaKey && !altKey && (event as KeyboardEvent).key !== 'Escape';
    if (event.defaultPrevented || (isField && isWord)) event.stopPropagation();
  });
}
