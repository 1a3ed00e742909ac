import { useState, type ReactElement } from 'react';
import type { MapState } from '../../../src/core/view/map/mapTypes';
import { Icon } from '../../shared/icon';
import { LOOK_ICONS } from '../../shared/looks';
import { t } from '../../shared/strings';
import type { MapFilter } from './mapFilter';

export interface MapToolbarProps {
  readonly families: readonly string[];
  readonly filter: MapFilter;
  /** Those that any item has, in the order of the legend. */
  readonly states: readonly MapState[];
  /** "3 of 17", or that nothing was found; '' before a search. */
  readonly found: string;
  onFilter(filter: MapFilter): void;
  /** Goes to the next match of these words; the first when they are new. */
  onSearch(text: string): void;
}

/** Search by name or op, and a filter by state and family, which is the legend as well. */
export function MapToolbar(props: MapToolbarProps): ReactElement {
  const { families, filter, found, states, onFilter, onSearch } = props;
  return (
    <div className="map-toolbar">
      <SearchBox found={found} onSearch={onSearch} />
      <div className="map-legend" role="group" aria-label={t('map.byState')}>
        {states.map((state) => (
          <button
            key={state}
            type="button"
            className="chip"
            aria-pressed={filter.state === state}
            onClick={() => onFilter({ ...filter, state: filter.state === state ? null : state })}
          >
            <Icon name={LOOK_ICONS[state]} className={`look-${state}`} />
            {t(`map.state.${state}`)}
          </button>
        ))}
      </div>
      {families.length > 1 && (
        <select
          className="select"
          aria-label={t('map.byFamily')}
          value={filter.family ?? ''}
          onChange={({ target }) =>
            onFilter({ ...filter, family: target.value === '' ? null : target.value })
          }
        >
          <option value="">{t('map.allFamilies')}</option>
          {families.map((family) => (
            <option key={family}>{family}</option>
          ))}
        </select>
      )}
    </div>
  );
}

function SearchBox({ found, onSearch }: Pick<MapToolbarProps, 'found' | 'onSearch'>): ReactElement {
  const [text, setText] = useState('');
  return (
    <div role="search" className="map-search">
      <input
        type="search"
        className="filter"
        data-testid="map-search"
        placeholder={t('map.search')}
        aria-label={t('map.search')}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onSearch(text);
        }}
      />
      <span className="muted" role="status" data-testid="map-found">
        {found}
      </span>
    </div>
  );
}
