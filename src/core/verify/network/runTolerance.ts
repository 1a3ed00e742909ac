import type { Provider } from '../../ports';
import type { NdArray } from '../../tensor/tensor';
import { precisionOf } from '../bounds';
import type { Tolerance } from '../metrics';
import { largest, SIGMAS, type ExactRun } from './exactRuns';
import { Spread } from './spread';

/** One network's run and what it should have been. */
export interface TruthAndRun {
  readonly truth: NdArray;
  readonly run: NdArray;
}

/**
 * How far two runs of a whole network may lie apart. There is no worst-case bound worth having for that: through forty layers
 * it grows without limit. So it is measured where the truth is known: what rounding of the weights makes (exactRuns.ts), and the
 * runtime's own noise, which is what either run is off from float64. Whether that noise itself is more than rounding is
 * another question: `isMiscomputed`.
 */
export function runTolerance(
  exact: ExactRun,
  output: string,
  original: TruthAndRun,
  fused: TruthAndRun,
  provider: Provider,
): Tolerance {
  const { truth } = original;
  const spread = new Spread(truth.dims);
  spread.add(truth, original.run);
  spread.add(fused.truth, fused.run);
  const noise = spread.deviations();
  const weights = exact.tolerances.get(output) ?? new Float64Array();
  // where the network magnifies a rounding of the weights it magnifies the runtime's roundings too
  const deviations = exact.deviations.get(output) ?? new Float64Array();
  const perDeviation = largest(noise) / Math.max(largest(deviations), Number.MIN_VALUE);
  // an output that is exact by chance (a tie, a zero) still gets a last rounding
  const lastRounding = precisionOf(truth.dtype, provider).u * largest(truth.data);
  return (element) => {
    const magnified = perDeviation * (deviations[element] ?? 0);
    return (
      (weights[element] ?? 0) + SIGMAS * Math.SQRT2 * Math.max(noise[element] ?? 0, magnified, lastRounding)
    );
  };
}

/**
 * Whether a run is further from float64 than rounding can put it. Rounding each weight once is as rounding each product once;
 * summing n of them in any order is a random walk of n steps, which is √n times as wide.
 */
export function isMiscomputed(
  exact: ExactRun,
  output: string,
  { truth, run }: TruthAndRun,
  provider: Provider,
): boolean {
  const { u } = precisionOf(truth.dtype, provider);
  const noise = new Spread(truth.dims);
  noise.add(truth, run);
  const expected = Math.max(largest(exact.deviations.get(output) ?? []), u * largest(truth.data));
  return largest(noise.deviations()) > SIGMAS * Math.sqrt(exact.longestSum) * expected;
}
