import type { CompareLink, ComparePlace } from '../../src/core/view/compare/compareTypes';
import type { ModelMap } from '../../src/core/view/map/mapTypes';
import { linkVerdict, type ItemVerdict } from '../../src/core/view/map/verdicts';
import type { CompareSide, CompareState } from '../../src/protocol/compare';
import type { Look } from '../shared/looks';

export type ReadyState = CompareState & { readonly status: 'ready' };

/** A link with what was measured of it. */
export interface SeenLink {
  readonly link: CompareLink;
  readonly look: Look;
  /** What is wrong with it; null where nothing is known to be. */
  readonly fault: string | null;
}

/** What is worst shows where several things are drawn as one. */
const WORST_FIRST: readonly Look[] = ['faulty', 'changed', 'weights', 'left', 'right', 'merged', 'verified'];

export function isWorse(one: Look, other: Look): boolean {
  const rank = (look: Look): number =>
    (WORST_FIRST.indexOf(look) + WORST_FIRST.length + 1) % (WORST_FIRST.length + 1);
  return rank(one) < rank(other);
}

export function seenLinks({ view, verdict }: ReadyState): readonly SeenLink[] {
  const byId = new Map((verdict?.blocks ?? []).map((block) => [block.id, block]));
  return view.links.map((link) => {
    const found: Pick<ItemVerdict, 'state' | 'sentence'> | null =
      link.kind === 'same' ? null : linkVerdict(link, view.original, byId);
    return { link, look: found?.state ?? link.kind, fault: found?.sentence ?? null };
  });
}

/** The two drawings and what of one is what of the other, for the modules that are open. */
export interface DrawnLinks {
  /** Of each item that is drawn: the places of its links in `seenLinks`, differences first. */
  readonly of: Readonly<Record<CompareSide, ReadonlyMap<string, readonly number[]>>>;
  readonly looks: Readonly<Record<CompareSide, ReadonlyMap<string, Look>>>;
  /** Pairs of items to be joined, each once, by their places in the maps. */
  readonly pairs: readonly DrawnPair[];
  /** The item that a link's end is drawn as; null where it has none. */
  itemOf(link: number, side: CompareSide): string | null;
}

export interface DrawnPair {
  readonly left: number;
  readonly right: number;
  readonly look: Look;
}

const SIDES = ['left', 'right'] as const;

export function drawnLinks(
  seen: readonly SeenLink[],
  maps: Readonly<Record<CompareSide, ModelMap>>,
): DrawnLinks {
  const drawn = {
    left: new Map(maps.left.items.map(({ key }, at) => [key, at])),
    right: new Map(maps.right.items.map(({ key }, at) => [key, at])),
  };
  const of = { left: new Map<string, number[]>(), right: new Map<string, number[]>() };
  const looks = { left: new Map<string, Look>(), right: new Map<string, Look>() };
  const pairs = new Map<string, DrawnPair>();
  const ends = seen.map(({ link, look }, at) => {
    const items = (side: CompareSide): readonly string[] => [
      ...new Set(link[side].flatMap((place) => itemOfPlace(place, drawn[side]) ?? [])),
    ];
    const both = { left: items('left'), right: items('right') };
    for (const side of SIDES) {
      for (const key of both[side]) {
        const known = of[side].get(key);
        if (known === undefined) of[side].set(key, [at]);
        else if (look === 'same') known.push(at);
        else known.unshift(at);
        const before = looks[side].get(key);
        if (before === undefined || isWorse(look, before)) looks[side].set(key, look);
      }
    }
    for (const one of both.left) {
      for (const other of both.right) {
        const name = `${one}\n${other}`;
        const before = pairs.get(name);
        if (before !== undefined && !isWorse(look, before.look)) continue;
        pairs.set(name, {
          left: drawn.left.get(one) as number,
          right: drawn.right.get(other) as number,
          look,
        });
      }
    }
    return both;
  });
  return { of, looks, pairs: [...pairs.values()], itemOf: (link, side) => ends[link]?.[side][0] ?? null };
}

/** The item itself, or the closed module around it. */
function itemOfPlace({ key, within }: ComparePlace, drawn: ReadonlyMap<string, number>): string | null {
  if (drawn.has(key)) return key;
  for (let end = within.indexOf('/', 1); end > 0; end = within.indexOf('/', end + 1)) {
    const module = within.slice(0, end);
    if (drawn.has(module)) return module;
  }
  return drawn.has(within) ? within : null;
}

/** What a person calls one end of a link: "b0 RepVGG", "Conv", "3 nodes". */
export function endName(places: readonly ComparePlace[]): string {
  const [first, ...others] = places;
  if (first === undefined) return '';
  const name = first.key.includes(':') ? first.kind || first.label : `${first.kind} ${first.key}`;
  return others.length === 0 ? name : `${name} +${others.length}`;
}

/** Whether a node, block or op of either end has this in its name. @param words in lower case. */
export function isCalled({ left, right }: CompareLink, words: string): boolean {
  return [...left, ...right].some(({ key, kind, label }) =>
    [key, kind, label].some((name) => name.toLowerCase().includes(words)),
  );
}
