import { rowMajorStrides, type NdArray } from '../../tensor/tensor';

/**
 * How far the elements of a tensor scatter, from a few draws of their deviations: the root mean square over all elements
 * that share an index on some axis, the widest of those. A few draws say little of one element; its channel, its row and
 * the whole tensor say enough, also where channels differ in size by orders (boxes beside scores).
 */
export class Spread {
  private readonly total: Float64Array;
  private draws = 0;

  constructor(private readonly dims: readonly number[]) {
    this.total = new Float64Array(dims.reduce((product, dim) => product * dim, 1));
  }

  /** One draw: the deviation of `b` from `a`. Elements that are not finite count as no deviation. */
  add(a: NdArray, b: NdArray): void {
    this.draws += 1;
    for (let i = 0; i < this.total.length; i++) {
      const deviation = (a.data[i] as number) - (b.data[i] as number);
      if (Number.isFinite(deviation)) (this.total[i] as number) += deviation * deviation;
    }
  }

  /** As `deviations`, but no less than the element's own: where a logarithm meets a zero, one element is worse than all others. */
  ownDeviations(): Float64Array {
    const pooled = this.deviations();
    return pooled.map((one, i) =>
      Math.max(one, Math.sqrt((this.total[i] as number) / Math.max(1, this.draws))),
    );
  }

  /** The standard deviation of each element. */
  deviations(): Float64Array {
    const count = this.total.length;
    const result = new Float64Array(count);
    if (count === 0 || this.draws === 0) return result;
    const all = this.total.reduce((sum, square) => sum + square, 0) / (count * this.draws);
    result.fill(Math.sqrt(all));
    const strides = rowMajorStrides(this.dims);
    this.dims.forEach((dim, axis) => {
      const stride = strides[axis] ?? 1;
      const slices = new Float64Array(dim);
      const at = (i: number): number => Math.floor(i / stride) % dim;
      for (let i = 0; i < count; i++) (slices[at(i)] as number) += this.total[i] as number;
      const widths = slices.map((sum) => Math.sqrt((sum * dim) / (count * this.draws)));
      for (let i = 0; i < count; i++) result[i] = Math.max(result[i] as number, widths[at(i)] as number);
    });
    return result;
  }
}
