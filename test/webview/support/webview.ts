import { openRpc, type Methods, type Port, type Rpc } from '../../../src/protocol/rpc';
import type { Browser, Page } from './playwright';

/** A webview with the extension host's side of the channel in this process. */
export interface Webview<View> {
  readonly page: Page;
  readonly rpc: Rpc<View>;
  /** What the page threw or complained about. */
  readonly complaints: readonly string[];
  /** What the page last gave to `setState`. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

export interface WebviewOptions {
  readonly url: string;
  /** What `getState` finds. */
  readonly state?: unknown;
  readonly width?: number;
  readonly height?: number;
}

/** Opens a page as VS Code opens a webview: `acquireVsCodeApi` is there, and calls are served by `handlers`. */
export async function openWebview<Host extends Methods<Host>, View extends Methods<View>>(
  browser: Browser,
  handlers: Host,
  { url, state, width = 1200, height = 800 }: WebviewOptions,
): Promise<Webview<View>> {
  const page = await browser.newPage({ viewport: { width, height } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const port = await pagePort(page);
  const rpc = openRpc<Host, View>(port, handlers);
  // tsx names functions by this helper, in functions that run in the page too
  await page.addInitScript({ content: 'globalThis.__name = (named) => named;' });
  await page.addInitScript(fakeVsCode, state);
  await page.goto(url);
  return {
    page,
    rpc,
    complaints,
    state: () => page.evaluate(() => (window as unknown as { replensState: unknown }).replensState),
    close: async () => {
      rpc.dispose();
      await page.close();
    },
  };
}

async function pagePort(page: Page): Promise<Port> {
  const listeners = new Set<(message: unknown) => void>();
  await page.exposeFunction('replensToHost', (message: unknown) => {
    for (const listener of listeners) listener(message);
  });
  return {
    post: (message) => {
      // the page may have closed meanwhile
      void page.evaluate((data) => window.postMessage(data, '*'), message).catch(() => undefined);
    },
    listen: (receive) => {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
  };
}

/** Runs in the page before its scripts. */
function fakeVsCode(initialState: unknown): void {
  const page = window as unknown as {
    replensToHost(message: unknown): void;
    replensState: unknown;
    acquireVsCodeApi?: () => unknown;
  };
  page.replensState = initialState;
  let acquired = false;
  page.acquireVsCodeApi = () => {
    if (acquired) throw new Error('acquireVsCodeApi was called twice');
    acquired = true;
    return {
      postMessage: (message: unknown) => page.replensToHost(message),
      getState: () => page.replensState,
      setState: (state: unknown) => {
        page.replensState = state;
      },
    };
  };
}
