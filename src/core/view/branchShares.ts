import { unitRoundoff, type DType } from '../tensor/dtype';

/** What one branch gives to a merged kernel. */
export interface Share {
  /** ‖K_branch‖ / Σ ‖K_branch‖ in the Frobenius norm, 0 to 1. */
  readonly share: number;
  /** The branch is below the rounding of the merged kernel: it could as well not be there (DBB's single_init leaves such). */
  readonly dead: boolean;
}

/** The branches' shares by the Frobenius norms of their kernels and of the merged one. */
export function branchShares(norms: readonly number[], merged: number, dtype: DType): readonly Share[] {
  const total = norms.reduce((sum, norm) => sum + norm, 0);
  return norms.map((norm) => ({
    share: total === 0 ? 0 : norm / total,
    dead: norm <= unitRoundoff(dtype) * merged,
  }));
}
