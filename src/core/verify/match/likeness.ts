import type { DType } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';
import { sameTensor } from './sameTensor';

/** How alike two models' constants and types have to be, to be taken for one. */
export interface Likeness {
  readonly tensors: (original: Tensor, fused: Tensor) => boolean;
  readonly dtypes: (original: DType, fused: DType) => boolean;
}

/** Byte by byte: what a fusion that touches blocks only leaves behind. */
export const IDENTICAL: Likeness = { tensors: sameTensor, dtypes: (a, b) => a === b };
