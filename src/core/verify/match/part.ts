import type { FusableBlock } from '../../detect/block';

/** What matching and checking ask of a block: an affine part of the first model between two of its values. */
export interface Part extends Pick<FusableBlock, 'id' | 'region' | 'dead' | 'form' | 'dynamic'> {
  /** Not one of the model's fusable blocks: of interest only where the second model has something else there. */
  readonly optional?: boolean;
}
