import type { FoundBlock } from './foundBlock';

/** Blocks in the order in which a person counts: "blocks.2" before "blocks.10". */
export function byName(blocks: readonly FoundBlock[]): readonly FoundBlock[] {
  const keys = new Map(blocks.map((block) => [block, partsOf(block.prefix)]));
  return [...blocks].sort((a, b) => compare(keys.get(a) ?? [], keys.get(b) ?? []));
}

/** "blocks.10.conv" → ["blocks.", 10, ".conv"]. */
function partsOf(name: string): readonly (string | number)[] {
  return name.split(/(\d+)/).map((part, place) => (place % 2 === 1 ? Number(part) : part));
}

function compare(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  const place = one.findIndex((part, at) => part !== other[at]);
  if (place < 0) return one.length - other.length;
  const [a, b] = [one[place] ?? '', other[place] ?? ''];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return a < b ? -1 : 1;
}
