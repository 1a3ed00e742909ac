import { roundingBound } from '../../eval/rounding';
import { unitRoundoff, type DType } from '../../tensor/dtype';
import { FLOAT64_NOISE } from '../bounds';
import { lastPlace, smallestNumber } from './unitInLastPlace';

/** The largest error of millions of weights, in units of the last place and of what is allowed. */
export class WeightMeter {
  ulps = 0;
  ratio = 0;
  private readonly u: number;
  private readonly least: number;
  private gamma = 0;

  /** @param dtype the type that the weights are stored in. */
  constructor(dtype: DType) {
    this.u = unitRoundoff(dtype);
    this.least = smallestNumber(dtype);
  }

  /** From now on weights of a form that rounds so often. */
  turnTo(roundings: number): void {
    this.gamma = roundingBound(roundings, this.u);
  }

  /**
   * Whether this weight is the worst so far. @param size of the weight on magnitudes @param beside of what was taken away from both
   */
  add(exact: number, stored: number, size: number, beside: number): boolean {
    const error = Math.abs(stored - exact);
    if (error === 0) return false;
    const ulp = lastPlace(exact, 2 * this.u, this.least);
    const noise = FLOAT64_NOISE * (size + beside);
    if (error > noise && error / ulp > this.ulps) this.ulps = error / ulp;
    const allowed = ulp / 2 + this.gamma * Math.max(0, size) + noise;
    const quotient = error / allowed;
    // what is not a number fits nothing, and everything would fit magnitudes that float64 has no number for
    const ratio = Number.isNaN(quotient) || allowed === Infinity ? Infinity : quotient;
    if (ratio <= this.ratio) return false;
    this.ratio = ratio;
    return true;
  }
}
