import { roundingBound } from '../eval/rounding';
import type { Magnitude } from '../eval/tracked';
import type { Provider } from '../ports';
import { unitRoundoff, type DType } from '../tensor/dtype';
import type { Tolerance } from './metrics';

/**
 * How much of a difference is rounding. Three questions, three bounds, all of the form γ_k(u) · S with γ_k = k·u/(1 − k·u),
 * for y = Σ w·x + b with n products:
 *
 * - does a runtime compute one graph?   |computed − exact| ≤ γ_{n+depth}·S of that graph
 * - do two runs agree?                  |fused − unfused| ≤ γ_{n+2}·S_merged + γ_{n+depth}·S_abs  (weights rounded once)
 * - are two graphs one function?        |exact fused − exact unfused| ≤ γ_{weights+depth}·S_abs + γ_1·S_merged
 *
 * S_abs is the unfused block computed on |W|, |b|, |x|: where branches cancel it is far larger than S_merged, and no bound
 * can be made from the merged kernel alone. The third bound has no n: float64 sums do not round, only weights are rounded.
 */

/**
 * How often a weight may have been rounded until it is in one of the two files: a converter that works in the file's own
 * precision rounds σ² + ε, its root, γ over it, and the product with the kernel; the exporter of the *unfused* file may
 * have folded a BN in the same way before. Additions of branches, and BNs left in the graph, count as `depth`.
 */
export const WEIGHT_ROUNDINGS = 8;

/** Sums of at most some 2^12 float64 products: what two float64 evaluations in different order may differ by. */
export const FLOAT64_NOISE = 2 ** -40;

/** What runs a model, as far as rounding goes. */
export interface Precision {
  /** Unit roundoff. */
  readonly u: number;
  /** Results below this may be flushed to zero. */
  readonly smallestNormal: number;
}

/** WGSL lets every operation round either way, which doubles the unit roundoff. */
export function precisionOf(dtype: DType, provider: Provider): Precision {
  return {
    u: unitRoundoff(dtype) * (provider === 'webgpu' ? 2 : 1),
    smallestNormal: dtype === 'float16' ? 2 ** -14 : dtype === 'float64' ? 2 ** -1022 : 2 ** -126,
  };
}

/** For a run of one graph against its exact value. */
export function runBound(graph: Magnitude, { u, smallestNormal }: Precision): Tolerance {
  const roundings = graph.products + graph.depth;
  const gamma = roundingBound(roundings, u);
  const { data } = graph.magnitude;
  return (element) => times(gamma, data[element] ?? 0) + roundings * smallestNormal;
}

/** For a run of the merged against a run of the unfused graph. */
export function twoPartBound(merged: Magnitude, unfused: Magnitude, precision: Precision): Tolerance {
  const { u, smallestNormal } = precision;
  const forMerged = roundingBound(merged.products + Math.max(2, merged.depth), u);
  const forUnfused = roundingBound(unfused.products + unfused.depth, u);
  const underflow = (merged.products + unfused.products + unfused.depth + 2) * smallestNormal;
  const [a, b] = [merged.magnitude.data, unfused.magnitude.data];
  return (element) => times(forMerged, a[element] ?? 0) + times(forUnfused, b[element] ?? 0) + underflow;
}

/**
 * For the exact value of the merged against that of the unfused graph; `u` of the type that the weights are stored in.
 * `composed`: products that were summed up to make one merged weight (Conv ∘ Conv), 0 for parallel branches.
 */
export function weightBound(
  merged: Magnitude,
  unfused: Magnitude,
  composed: number,
  dtype: DType,
): Tolerance {
  const { u, smallestNormal } = precisionOf(dtype, 'wasm');
  const forUnfused = roundingBound(WEIGHT_ROUNDINGS + unfused.depth + composed, u) + FLOAT64_NOISE;
  const forMerged = roundingBound(1, u);
  const [a, b] = [merged.magnitude.data, unfused.magnitude.data];
  // a weight too small for its type loses up to the smallest normal, times what it is multiplied with
  const underflow = merged.products * smallestNormal;
  return (element) => times(forMerged, a[element] ?? 0) + times(forUnfused, b[element] ?? 0) + underflow;
}

/** γ may be infinite (nothing can be said), and 0 · ∞ is no number. */
function times(gamma: number, magnitude: number): number {
  return magnitude === 0 ? 0 : gamma * magnitude;
}
