import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CompareSide } from '../../src/protocol/compare';
import type { Look } from '../shared/looks';
import type { DrawnLinks, SeenLink } from './links';

/** What is chosen: a link, or an item that is in none. */
export interface Choice {
  /** Places in `seen` of the differences that the filter keeps. */
  readonly differences: readonly number[];
  /** Place in `seen` of the chosen link; null: none. */
  readonly link: number | null;
  readonly keys: Readonly<Record<CompareSide, string | null>>;
  readonly filter: Look | null;
  /** Counts the choices that are to be brought into sight. */
  readonly wish: number;
  setFilter(filter: Look | null): void;
  choose(link: number): void;
  /** @param moves whether both maps are to move there. */
  chooseItem(side: CompareSide, key: string, moves: boolean): void;
  /** To the next difference or the one before, round the end. */
  step(by: 1 | -1): void;
}

interface Chosen {
  readonly link: number | null;
  /** The item that was chosen by itself. */
  readonly item: { readonly side: CompareSide; readonly key: string } | null;
  readonly wish: number;
}

export function useChoice(seen: readonly SeenLink[], links: DrawnLinks): Choice {
  const [wanted, setFilter] = useState<Look | null>(null);
  // a measurement may leave none of that look, and then there is no chip to take the filter back with
  const filter = seen.some(({ look }) => look === wanted) ? wanted : null;
  const [chosen, setChosen] = useState<Chosen>({ link: null, item: null, wish: 0 });
  const differences = useMemo(
    () =>
      seen.flatMap(({ look }, at) => (look !== 'same' && (filter === null || look === filter) ? [at] : [])),
    [seen, filter],
  );
  const choose = useCallback(
    (link: number) => setChosen(({ wish }) => ({ link, item: null, wish: wish + 1 })),
    [],
  );
  useFirstFault(seen, choose);
  const { link, item } = chosen;
  const step = useCallback(
    (by: 1 | -1) => {
      const at = link === null ? -1 : differences.indexOf(link);
      const next =
        differences[(at < 0 ? (by > 0 ? 0 : -1) : at + by + differences.length) % differences.length];
      const last = differences.at(-1);
      if (at < 0 && by < 0 && last !== undefined) choose(last);
      else if (next !== undefined) choose(next);
    },
    [differences, link, choose],
  );
  const keyOn = (side: CompareSide): string | null => {
    if (item?.side === side) return item.key;
    return link === null ? null : links.itemOf(link, side);
  };
  return {
    differences,
    link,
    keys: { left: keyOn('left'), right: keyOn('right') },
    filter,
    wish: chosen.wish,
    setFilter,
    choose,
    chooseItem: (side, key, moves) =>
      setChosen(({ wish }) => ({
        link: links.of[side].get(key)?.[0] ?? null,
        item: { side, key },
        wish: moves ? wish + 1 : wish,
      })),
    step,
  };
}

/** What a measurement finds to be wrong is what everybody wants to see first. */
function useFirstFault(seen: readonly SeenLink[], choose: (link: number) => void): void {
  const first = seen.findIndex(({ look }) => look === 'faulty');
  const before = useRef(-1);
  useEffect(() => {
    if (first >= 0 && before.current < 0) choose(first);
    before.current = first;
  }, [first, choose]);
}
