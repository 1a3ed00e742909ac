import { useRef, useState } from 'react';
import type { MapMatch } from '../../../src/core/view/map/modelMap';
import { t } from '../../shared/strings';
import type { Host } from '../host';

export interface Search {
  readonly found: string;
  /** Goes to the next match, or to the first of other words. */
  onSearch(text: string): void;
}

/** Steps through the matches of a search; the host knows the whole model, closed modules too. */
export function useSearch(host: Host, onMatch: (match: MapMatch) => void): Search {
  const [found, setFound] = useState('');
  const last = useRef<{ text: string; matches: readonly MapMatch[]; at: number }>({
    text: '',
    matches: [],
    at: 0,
  });
  const show = (): void => {
    const { matches, at } = last.current;
    const match = matches[at];
    setFound(match === undefined ? t('map.noMatch') : t('map.match', { at: at + 1, n: matches.length }));
    if (match !== undefined) onMatch(match);
  };
  return {
    found,
    onSearch: (raw) => {
      const text = raw.trim();
      if (text === '') {
        last.current = { text, matches: [], at: 0 };
        setFound('');
        return;
      }
      if (text === last.current.text && last.current.matches.length > 0) {
        last.current.at = (last.current.at + 1) % last.current.matches.length;
        show();
        return;
      }
      void host.rpc.call('findInMap', { text }).then((answer) => {
        last.current = { text, matches: answer.ok ? answer.value : [], at: 0 };
        show();
      });
    },
  };
}
