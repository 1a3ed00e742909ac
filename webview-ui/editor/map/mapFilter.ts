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

const STATES: readonly MapState[] = ['fusable', 'refused', 'fused', 'verified', 'faulty'];

/** The states to filter by: those that there are, and the one that is filtered by now, so that it can be let go. */
export function statesOf(map: ModelMap, { state: chosen }: MapFilter): readonly MapState[] {
  const there = new Set(map.items.map(({ state }) => state));
  return STATES.filter((state) => state === chosen || there.has(state));
}
