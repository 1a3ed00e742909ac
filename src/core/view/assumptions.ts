import type { Assumption } from '../checkpoint/assumptions';

/** Whether merged weights depend on it, and not the picture alone. */
export function mattersToWeights({ kind }: Pick<Assumption, 'kind'>): boolean {
  return kind !== 'stride' && kind !== 'groups';
}

/** The assumptions of one block, or of all for null: what the merged weights depend on first. */
export function assumptionsOn(
  assumptions: readonly Assumption[],
  block: string | null,
): readonly Assumption[] {
  const own = assumptions.filter(({ blocks }) => block === null || blocks.includes(block));
  return [...own.filter(mattersToWeights), ...own.filter((one) => !mattersToWeights(one))];
}
