import { chunkedPort } from '../../src/protocol/chunkedPort';
import type { NotebookHostMethods } from '../../src/protocol/notebook';
import { openRpc, type Port, type ResultOf, type Rpc } from '../../src/protocol/rpc';
import type { RendererContext } from './rendererContext';

type Hello = ResultOf<NotebookHostMethods['hello']>;

/** An extension host starts with the first message; where there is none, nobody ever answers. */
const FIRST_PATIENCE = 2000;
const PATIENCE = 10_000;

/** The extension host, where there is one: a stored notebook may be shown without. */
export class HostChannel {
  readonly #rpc: Rpc<NotebookHostMethods> | null;
  #hello: Promise<Hello | null> | null = null;

  constructor(context: RendererContext) {
    const port = portOf(context);
    this.#rpc = port === null ? null : openRpc<object, NotebookHostMethods>(chunkedPort(port), {});
  }

  /** null: nobody is there, or not yet. */
  hello(): Promise<Hello | null> {
    this.#hello ??= this.#ask(FIRST_PATIENCE);
    return this.#hello;
  }

  /** The extension host, asked again if it was not there before; null: there is none. */
  async reach(): Promise<Rpc<NotebookHostMethods> | null> {
    if ((await this.hello()) !== null) return this.#rpc;
    this.#hello = this.#ask(PATIENCE);
    return (await this.#hello) === null ? null : this.#rpc;
  }

  async #ask(timeout: number): Promise<Hello | null> {
    const hello = await this.#rpc?.call('hello', null, { timeout });
    return hello?.ok === true ? hello.value : null;
  }
}

function portOf({ postMessage, onDidReceiveMessage }: RendererContext): Port | null {
  if (postMessage === undefined || onDidReceiveMessage === undefined) return null;
  return {
    post: (message) => postMessage(message),
    listen: (receive) => {
      const subscription = onDidReceiveMessage(receive);
      return () => subscription.dispose();
    },
  };
}
