import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CompareSide } from '../../src/protocol/compare';
import type { Look } from '../shared/looks';
import { isCalled, type DrawnLinks, type SeenLink } from './links';

/** What is chosen: a link, or an item that is in none. */
export interface Choice {
  /** Places in `seen` of the differences that the filter keeps; of all that is called so when words are looked for. */
  readonly listed: readonly number[];
  /** Place in `seen` of the chosen link; null: none. */
  readonly link: number | null;
  readonly keys: Readonly<Record<CompareSide, string | null>>;
  readonly filter: Look | null;
  /** What is looked for; '' for nothing. */
  readonly words: string;
  /** Counts the choices that are to be brought into sight. */
  readonly wish: number;
  setFilter(filter: Look | null): void;
  setWords(words: string): void;
  choose(link: number): void;
  /** @param moves whether both maps are to move there. */
  chooseItem(side: CompareSide, key: string, moves: boolean): void;
  /** To the next that is listed or the one before, round the end. */
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
  const [words, setWords] = useState('');
  const listed = useMemo(() => listedLinks(seen, filter, words), [seen, filter, words]);
  const choose = useCallback(
    (link: number) => setChosen(({ wish }) => ({ link, item: null, wish: wish + 1 })),
    [],
  );
  useFirstFault(seen, choose);
  const { link, item } = chosen;
  const step = useCallback(
    (by: 1 | -1) => {
      const at = link === null ? -1 : listed.indexOf(link);
      const next = listed[(at < 0 ? (by > 0 ? 0 : -1) : at + by + listed.length) % listed.length];
      const last = listed.at(-1);
      if (at < 0 && by < 0 && last !== undefined) choose(last);
      else if (next !== undefined) choose(next);
    },
    [listed, link, choose],
  );
  const keyOn = (side: CompareSide): string | null => {
    if (item?.side === side) return item.key;
    return link === null ? null : links.itemOf(link, side);
  };
  return {
    listed,
    link,
    keys: { left: keyOn('left'), right: keyOn('right') },
    filter,
    words,
    wish: chosen.wish,
    setFilter,
    setWords,
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

function listedLinks(seen: readonly SeenLink[], filter: Look | null, words: string): readonly number[] {
  const wanted = words.trim().toLowerCase();
  const keeps = ({ link, look }: SeenLink): boolean =>
    (filter === null || look === filter) && (wanted === '' ? look !== 'same' : isCalled(link, wanted));
  return seen.flatMap((one, at) => (keeps(one) ? [at] : []));
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
