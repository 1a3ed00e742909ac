import { useMemo, useState, type KeyboardEvent } from 'react';
import { neighbour, type Spot } from '../graph/neighbour';
import type { FoldSheet } from './sheet';

export interface CardKeys {
  /** The card that Tab reaches. */
  readonly tabStop: string | null;
  onKeyDown(event: KeyboardEvent<SVGSVGElement>): void;
}

/** Id of a card: a node behind the join has a card in every row. */
export function spotId(row: number, place: number): string {
  return `${row}.${place}`;
}

/** Arrow keys go from card to card; one card is a Tab stop. */
export function useCardKeys(sheet: FoldSheet): CardKeys {
  const [visited, setVisited] = useState<string | null>(null);
  const spots = useMemo(() => spotsOf(sheet), [sheet]);
  const known = spots.some((spot) => spot.id === visited);
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>): void => {
    if (!event.key.startsWith('Arrow')) return;
    const id = (event.target as Element).closest('[data-spot]')?.getAttribute('data-spot');
    const from = spots.find((spot) => spot.id === id);
    if (from === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = neighbour(spots, from, event.key);
    if (next === null) return;
    setVisited(next.id);
    event.currentTarget.querySelector<SVGGElement>(`[data-spot="${next.id}"]`)?.focus();
  };
  return { tabStop: known ? visited : (spots[0]?.id ?? null), onKeyDown };
}

function spotsOf({ rows }: FoldSheet): readonly Spot[] {
  return rows.flatMap(({ cards, index }) =>
    cards.flatMap(({ op, box }, place): readonly Spot[] =>
      op.node === null
        ? []
        : [{ id: spotId(index, place), x: box.x + box.width / 2, y: box.y + box.height / 2 }],
    ),
  );
}
