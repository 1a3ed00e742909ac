import type { Port } from '../../src/protocol/rpc';

/** What VS Code gives a webview; it may be acquired once. */
export interface WebviewApi {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** Acquires VS Code's API; call it once, in the entry file. */
export function webviewApi(): WebviewApi {
  return acquireVsCodeApi();
}

/** The channel to the extension host. */
export function vscodePort(api: WebviewApi): Port {
  return {
    post: (message, transfer) => api.postMessage(message, transfer),
    listen: (receive) => {
      const onMessage = (event: MessageEvent<unknown>): void => receive(event.data);
      window.addEventListener('message', onMessage);
      return () => window.removeEventListener('message', onMessage);
    },
  };
}
