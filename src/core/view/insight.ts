import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import { kernelRows } from '../algebra/kernel/kernelRows';
import { paths } from '../detect/branchTree';
import { describeBranch } from '../detect/branchLabel';
import type { Detection } from '../detect/detect';
import { branchShares, type Share } from './branchShares';

/** What the branches of a block contribute to its merged kernel. Reads the kernels, so it is made on request. */
export interface Insight {
  readonly id: string;
  readonly branches: readonly BranchShare[];
}

export interface BranchShare extends Share {
  readonly label: string;
}

/** Shares of a fusable block's branches, in their order; null for a refused or dynamic block and an unknown id. */
export function blockInsight({ analysis, blocks }: Detection, id: string): Insight | null {
  const block = blocks.find((candidate) => candidate.id === id);
  // the operator of a dynamic convolution tells its geometry only
  if (block?.status !== 'fusable' || block.dynamic !== undefined) return null;
  const branches = paths(block.operator);
  const norms = branches.map((path) => kernelNorm(path.kernel, analysis));
  const merged = kernelNorm(block.operator, analysis);
  const dtype = analysis.facts.types.get(block.region.source)?.dtype ?? 'float32';
  const shares = branchShares(norms, merged, dtype);
  return {
    id,
    branches: branches.map((path, place) => ({
      label: describeBranch(path).label,
      ...(shares[place] as Share),
    })),
  };
}

/** Frobenius norm of an operator's kernel. */
function kernelNorm(expr: KernelExpr, analysis: Detection['analysis']): number {
  const rows = kernelRows(expr, analysis.read);
  const row = new Float64Array(rows.length);
  let squares = 0;
  for (let o = 0; o < expr.geometry.outChannels; o++) {
    rows.fill(o, row);
    for (const weight of row) squares += weight * weight;
  }
  return Math.sqrt(squares);
}
