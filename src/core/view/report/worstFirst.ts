import type { BlockComparison, OutputComparison, Verdict } from '../../verify/report';

/** Outputs by their difference in units of the tolerance, or as it is where there is none; the worst first. */
export function worstOutputs(outputs: readonly OutputComparison[]): readonly OutputComparison[] {
  const badness = ({ maxAbs, bound }: OutputComparison): number =>
    bound === null || bound === 0 ? maxAbs : maxAbs / bound;
  return [...outputs].sort((a, b) => compare(badness(b), badness(a)));
}

const RANK: Readonly<Record<Verdict, number>> = { 'not-equivalent': 0, inconclusive: 1, equivalent: 2 };

/** Blocks by verdict, then by their ratio to the bound; the worst first. */
export function worstBlocks(blocks: readonly BlockComparison[]): readonly BlockComparison[] {
  return [...blocks].sort(
    (a, b) => RANK[a.verdict] - RANK[b.verdict] || compare(b.ratio ?? -1, a.ratio ?? -1),
  );
}

/** NaN is worse than anything. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
