import { createContext } from 'react';

/** What the cards of a graph share. */
export interface GraphFocus {
  /** Id of the card whose details are shown; null: none. */
  readonly chosen: string | null;
  /** Id of the card that Tab leads to. */
  readonly tabStop: string;
  /** Nodes to stand out, because a branch or a refusal that names them is pointed at. */
  readonly highlighted: ReadonlySet<string>;
  choose(id: string): void;
  /** A card has got the focus. */
  arrive(id: string): void;
}

export const GraphFocusContext = createContext<GraphFocus>({
  chosen: null,
  tabStop: '',
  highlighted: new Set(),
  choose: () => undefined,
  arrive: () => undefined,
});
