import type { EditorHostMethods, EditorState, EditorViewMethods } from '../../src/protocol/editor';
import { openRpc, type Port, type Rpc } from '../../src/protocol/rpc';

/** The extension host as the screen sees it: calls out, two kinds of news in. */
export interface Host {
  readonly rpc: Rpc<EditorHostMethods>;
  /** @returns stops listening. */
  onState(listener: (state: EditorState) => void): () => void;
  onReveal(listener: (id: string) => void): () => void;
  /** What can be done with the model from here; buttons for the rest are left out. */
  readonly offers: Offers;
}

export interface Offers {
  readonly fuse: boolean;
  readonly verify: boolean;
  /** Giving the shapes of the inputs. */
  readonly shapes: boolean;
  /** Saying what a checkpoint does not hold. */
  readonly assumptions: boolean;
  /** Opening models that are dropped on the screen. */
  readonly drop: boolean;
}

const EVERYTHING: Offers = { fuse: true, verify: true, shapes: true, assumptions: true, drop: true };

export function connectHost(port: Port, offers: Offers = EVERYTHING): Host {
  const states = new Set<(state: EditorState) => void>();
  const reveals = new Set<(id: string) => void>();
  // asked for before the model's screen was there to show it
  let waiting: string | null = null;
  const rpc = openRpc<EditorViewMethods, EditorHostMethods>(port, {
    state: (state) => states.forEach((listener) => listener(state)),
    reveal: ({ id }) => {
      waiting = reveals.size === 0 ? id : null;
      reveals.forEach((listener) => listener(id));
    },
  });
  const onReveal = subscribe(reveals);
  return {
    rpc,
    offers,
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
