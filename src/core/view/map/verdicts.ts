import type { BlockComparison } from '../../verify/report';
import type { CompareLink, ComparePlace, CompareView } from '../compare/compareTypes';
import type { MapItem, ModelMap } from './mapTypes';

/** What a verification found of one item of a model's map. */
export interface ItemVerdict {
  /** The item's key: a block's id, or a node's name with its kind before it. */
  readonly key: string;
  /** Key of the innermost module around it, '' at the top. */
  readonly within: string;
  readonly state: 'verified' | 'faulty';
  /** What is wrong; null where nothing is. */
  readonly sentence: string | null;
}

/** The verdicts of both models that were compared, by the items of their maps. */
export function itemVerdicts(
  blocks: readonly BlockComparison[],
  { links, original }: CompareView,
): Readonly<Record<'left' | 'right', readonly ItemVerdict[]>> {
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const left: ItemVerdict[] = [];
  const right: ItemVerdict[] = [];
  for (const link of links) {
    const verdict = linkVerdict(link, original, byId);
    if (verdict === null) continue;
    const add = (list: ItemVerdict[], places: readonly ComparePlace[]): void => {
      for (const { key, within } of places) list.push({ key, within, ...verdict });
    };
    add(left, link.left);
    add(right, link.right);
  }
  return { left, right };
}

/** The verdicts of a checkpoint's blocks, which lie on no map. */
export function blockVerdicts(blocks: readonly BlockComparison[]): readonly ItemVerdict[] {
  return blocks.flatMap(({ id, verdict, faults }): readonly ItemVerdict[] => {
    if (verdict === 'inconclusive') return [];
    const isFaulty = verdict === 'not-equivalent';
    const sentence = isFaulty ? (faults[0]?.message ?? null) : null;
    return [{ key: id, within: '', state: isFaulty ? 'faulty' : 'verified', sentence }];
  });
}

/** What was measured of a link; null where nothing was, or nothing that is sure. @param byId by what a verification calls blocks. */
export function linkVerdict(
  link: CompareLink,
  original: CompareView['original'],
  byId: ReadonlyMap<string, BlockComparison>,
): Pick<ItemVerdict, 'state' | 'sentence'> | null {
  const measured = link[original].flatMap(({ key }) => byId.get(verifiedId(key)) ?? []);
  const faulty = measured.find(({ verdict }) => verdict === 'not-equivalent');
  if (faulty !== undefined) return { state: 'faulty', sentence: faulty.faults[0]?.message ?? null };
  const isSure = measured.length > 0 && measured.every(({ verdict }) => verdict === 'equivalent');
  return isSure ? { state: 'verified', sentence: null } : null;
}

/** A verification calls what it finds outside of blocks by its first node. */
function verifiedId(key: string): string {
  return key.startsWith('node:') ? `outside:${key.slice('node:'.length)}` : key;
}

/** The map with what a verification found in the place of what the file says; a closed module shows the worst inside. */
export function withVerdicts(map: ModelMap, verdicts: readonly ItemVerdict[]): ModelMap {
  if (verdicts.length === 0) return map;
  const byKey = new Map(verdicts.map((verdict) => [verdict.key, verdict.state]));
  const byModule = new Map<string, ItemVerdict['state']>();
  for (const { within, state } of verdicts) {
    for (let end = within.length; end > 0; end = within.lastIndexOf('/', end - 1)) {
      const module = within.slice(0, end);
      if (state === 'faulty' || !byModule.has(module)) byModule.set(module, state);
    }
  }
  const stateOf = ({ key, kind }: MapItem): ItemVerdict['state'] | undefined =>
    kind === 'module' ? byModule.get(key) : byKey.get(key);
  return { ...map, items: map.items.map((item) => ({ ...item, state: stateOf(item) ?? item.state })) };
}
