import type { EditorHostMethods, EditorState, EditorViewMethods } from '../../src/protocol/editor';
import { openRpc, type Rpc } from '../../src/protocol/rpc';
import { vscodePort, type WebviewApi } from '../shared/vscodePort';

/** The extension host as the screen sees it: calls out, two kinds of news in. */
export interface Host {
  readonly rpc: Rpc<EditorHostMethods>;
  /** @returns stops listening. */
  onState(listener: (state: EditorState) => void): () => void;
  onReveal(listener: (id: string) => void): () => void;
}

export function connectHost(api: WebviewApi): Host {
  const states = new Set<(state: EditorState) => void>();
  const reveals = new Set<(id: string) => void>();
  // asked for before the model's screen was there to show it
  let waiting: string | null = null;
  const rpc = openRpc<EditorViewMethods, EditorHostMethods>(vscodePort(api), {
    state: (state) => states.forEach((listener) => listener(state)),
    reveal: ({ id }) => {
      waiting = reveals.size === 0 ? id : null;
      reveals.forEach((listener) => listener(id));
    },
  });
  const onReveal = subscribe(reveals);
  return {
    rpc,
    onState: subscribe(states),
    onReveal: (listener) => {
      if (waiting !== null) listener(waiting);
      waiting = null;
      return onReveal(listener);
    },
  };
}

function subscribe<T>(listeners: Set<T>): (listener: T) => () => void {
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}
