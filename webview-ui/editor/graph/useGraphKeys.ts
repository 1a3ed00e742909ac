import { useMemo, useState, type KeyboardEvent, type RefObject } from 'react';
import type { GraphFocus } from './graphFocus';
import { neighbour, type Spot } from './neighbour';

export interface GraphKeys {
  readonly focus: GraphFocus;
  onKeyDown(event: KeyboardEvent): void;
}

/** One stop for Tab; arrow keys go to the nearest card in their direction, Home and End to the first and the last. */
export function useGraphKeys(
  frame: RefObject<HTMLElement | null>,
  spots: readonly Spot[],
  { chosen, highlighted, choose }: Pick<GraphFocus, 'chosen' | 'highlighted' | 'choose'>,
): GraphKeys {
  const [stop, setStop] = useState('');
  const tabStop = spots.some(({ id }) => id === stop) ? stop : (spots[0]?.id ?? '');
  const focus = useMemo(
    () => ({ chosen, tabStop, highlighted, choose, arrive: setStop }),
    [chosen, tabStop, highlighted, choose],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const onCard = event.target instanceof HTMLElement && event.target.dataset.card !== undefined;
    const from = spots.find(({ id }) => id === tabStop);
    if (from === undefined || !onCard || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = destination(spots, from, event.key);
    if (to === undefined) return;
    event.preventDefault();
    setStop(to.id);
    frame.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(to.id)}"]`)?.focus();
  };
  return { focus, onKeyDown };
}

function destination(spots: readonly Spot[], from: Spot, key: string): Spot | undefined {
  if (key === 'Home') return spots[0];
  if (key === 'End') return spots[spots.length - 1];
  return neighbour(spots, from, key) ?? undefined;
}
