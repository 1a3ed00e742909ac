import { useCallback, useEffect, useState } from 'react';
import type { Drawing } from './fold/drawingTabs';
import type { Screen } from './screenTabs';

/** What VS Code keeps for a hidden webview: `getState` and `setState`. */
export interface Memory {
  getState(): unknown;
  setState(state: unknown): void;
}

export interface Remembered {
  /** The chosen block; it may be gone from the model. */
  readonly blockId: string | null;
  /** Keys of the closed groups. */
  readonly collapsed: readonly string[];
  readonly filter: string;
  /** The blocks, or the map of the whole model. */
  readonly screen: Screen;
  /** Which picture of the chosen block is shown. */
  readonly drawing: Drawing;
}

/** Changes part of what is remembered; a function gets the newest state. */
export type Remember = (change: (old: Remembered) => Partial<Remembered>) => void;

const NOTHING: Remembered = { blockId: null, collapsed: [], filter: '', screen: 'blocks', drawing: 'graph' };

/** State that survives the webview. */
export function useMemory(memory: Memory): readonly [Remembered, Remember] {
  const [state, setState] = useState<Remembered>(() => ({ ...NOTHING, ...object(memory.getState()) }));
  useEffect(() => {
    // VS Code's setState gives the state back, which React would take for the effect's end
    memory.setState(state);
  }, [memory, state]);
  const remember = useCallback<Remember>((change) => setState((old) => ({ ...old, ...change(old) })), []);
  return [state, remember];
}

function object(value: unknown): Partial<Remembered> {
  return typeof value === 'object' && value !== null ? value : {};
}
