import type { FoldPair, KernelFold } from '../../../src/core/view/foldTypes';
import { largest, type Heat } from './heat';

/** The numbers that are shown: means over all channels, or those of one pair. */
export interface FoldNumbers {
  readonly heat: Heat;
  /** Of each branch, on the merged lattice. */
  readonly branches: readonly (readonly number[])[];
  /** Once the first n + 1 branches are added; the last is the merged tensor. */
  readonly sums: readonly (readonly number[])[];
}

export function meanNumbers({ branches, sums }: KernelFold): FoldNumbers {
  const maps = branches.map(({ map }) => map);
  return { heat: { signed: false, most: largest([...maps, ...sums]) }, branches: maps, sums };
}

/** The last sum is what the merged tensor holds, rounded as it is. */
export function pairNumbers({ branches, merged }: FoldPair): FoldNumbers {
  const sums: (readonly number[])[] = [];
  let sum: readonly number[] = merged.map(() => 0);
  for (const branch of branches) {
    sum = sum.map((value, tap) => value + (branch[tap] ?? 0));
    sums.push(sum);
  }
  const all = [...sums.slice(0, -1), merged];
  return { heat: { signed: true, most: largest([...branches, ...all]) }, branches, sums: all };
}
