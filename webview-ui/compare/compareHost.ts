import type { CompareHostMethods, CompareState, CompareViewMethods } from '../../src/protocol/compare';
import { openRpc, type Rpc } from '../../src/protocol/rpc';
import { vscodePort, type WebviewApi } from '../shared/vscodePort';

/** The extension host as the comparison sees it. */
export interface CompareHost {
  readonly rpc: Rpc<CompareHostMethods>;
  /** @returns stops listening. */
  onState(listener: (state: CompareState) => void): () => void;
}

export function connectHost(api: WebviewApi): CompareHost {
  const listeners = new Set<(state: CompareState) => void>();
  const rpc = openRpc<CompareViewMethods, CompareHostMethods>(vscodePort(api), {
    state: (state) => listeners.forEach((listener) => listener(state)),
  });
  return {
    rpc,
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
