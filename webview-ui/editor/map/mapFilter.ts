import type { MapItem, MapState, ModelMap } from '../../../src/core/view/map/mapTypes';

/** What of the map is to stand out. */
export interface MapFilter {
  readonly state: MapState | null;
  readonly family: string | null;
}

export const NO_FILTER: MapFilter = { state: null, family: null };

/** Keys of the items that the filter keeps; null where it keeps all. */
export function keptItems(map: ModelMap, { state, family }: MapFilter): ReadonlySet<string> | null {
  if (state === null && family === null) return null;
  const keeps = (item: MapItem): boolean =>
    (state === null || item.state === state) && (family === null || item.family === family);
  return new Set(map.items.filter(keeps).map(({ key }) => key));
}
