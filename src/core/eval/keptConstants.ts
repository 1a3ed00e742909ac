import type { NdArray, Tensor } from '../tensor/tensor';
import type { Tracked } from './tracked';

/** Initializers in float64 and under analysis: several times the size of what the file holds of them. */
export interface KeptConstants {
  readonly arrays: Map<Tensor, NdArray>;
  readonly values: Map<Tensor, Tracked>;
}

/** For evaluations of one part of a model on many inputs. */
export function keptConstants(): KeptConstants {
  return { arrays: new Map(), values: new Map() };
}

/** For an evaluation without analysis. */
export function plainOf(
  kept: KeptConstants | undefined,
): { readonly arrays: Map<Tensor, NdArray>; readonly values: Map<Tensor, NdArray> } | undefined {
  return kept === undefined ? undefined : { arrays: kept.arrays, values: kept.arrays };
}
