import { rowMajorStrides, type NdArray } from '../tensor/tensor';

/** How far two tensors, or many pairs of tensors, lie apart. */
export interface Difference {
  /** Over the elements that are finite on both sides. */
  readonly maxAbs: number;
  /** max |a − b| / max |a|; 0 where both are 0. */
  readonly maxRel: number;
  readonly rms: number;
  /** 1 for two tensors of zeros. */
  readonly cosine: number;
  /** Where they differ most: an index into the tensor. */
  readonly worstIndex: readonly number[];
  /** max |a − b| / tolerance; 0 where no tolerance was given. */
  readonly ratio: number;
  /** The place of the largest ratio, the difference and the tolerance there; null where no element has both. */
  readonly atRatio: {
    readonly index: readonly number[];
    readonly difference: number;
    readonly tolerance: number;
  } | null;
  /** Tolerance at `worstIndex`; null where none was given. */
  readonly worstTolerance: number | null;
  /** Elements compared, the non-finite ones included. */
  readonly count: number;
  /** Elements that are not finite, in the same way on both sides. */
  readonly sameNonFinite: number;
  /** Elements that are not finite on one side only, or in different ways. */
  readonly otherNonFinite: number;
  readonly histogram: ErrorHistogram;
}

/** How many finite elements differ by how much, in decades. */
export interface ErrorHistogram {
  /** The power of ten at which the first bin begins; each bin is a decade. Smaller differences count in the first. */
  readonly firstDecade: number;
  readonly counts: readonly number[];
  /** Elements that are equal to the last bit. */
  readonly equal: number;
}

/** 1e-12 and less to 1e3 and more. */
const FIRST_DECADE = -12;
const DECADES = 16;

/** The tolerance for one element of the pair at hand. */
export type Tolerance = (element: number) => number;

/** Adds up the differences of pairs of equal shape. */
export class DifferenceMeter {
  private maxAbs = 0;
  private largest = 0;
  private squares = 0;
  private aa = 0;
  private bb = 0;
  private ab = 0;
  private count = 0;
  private sameNonFinite = 0;
  private otherNonFinite = 0;
  private ratio = 0;
  private worstIndex: readonly number[] = [];
  private worstTolerance: number | null = null;
  private atRatio: Difference['atRatio'] = null;
  private readonly decades = new Array<number>(DECADES).fill(0);
  private equal = 0;

  add(a: NdArray, b: NdArray, tolerance?: Tolerance): void {
    let worst = -1;
    let worstRatio = -1;
    for (let i = 0; i < a.data.length; i++) {
      const x = a.data[i] as number;
      const y = b.data[i] as number;
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        if (Object.is(x, y)) this.sameNonFinite += 1;
        else this.otherNonFinite += 1;
        continue;
      }
      const difference = Math.abs(x - y);
      this.largest = Math.max(this.largest, Math.abs(x));
      this.squares += difference * difference;
      this.aa += x * x;
      this.bb += y * y;
      this.ab += x * y;
      this.bin(difference);
      if (difference > this.maxAbs) [this.maxAbs, worst] = [difference, i];
      const ratio = tolerance === undefined ? 0 : ratioOf(difference, tolerance(i));
      if (ratio > this.ratio) [this.ratio, worstRatio] = [ratio, i];
    }
    this.remember(a, b, worst, worstRatio, tolerance);
    this.count += a.data.length;
  }

  result(): Difference {
    const finite = this.count - this.sameNonFinite - this.otherNonFinite;
    const norms = Math.sqrt(this.aa) * Math.sqrt(this.bb);
    const bothZero = this.aa === 0 && this.bb === 0;
    return {
      maxAbs: this.maxAbs,
      maxRel: this.maxAbs === 0 ? 0 : this.maxAbs / this.largest,
      rms: finite === 0 ? 0 : Math.sqrt(this.squares / finite),
      cosine: bothZero ? 1 : norms === 0 ? 0 : this.ab / norms,
      worstIndex: this.worstIndex,
      ratio: this.ratio,
      atRatio: this.atRatio,
      worstTolerance: this.worstTolerance,
      count: this.count,
      sameNonFinite: this.sameNonFinite,
      otherNonFinite: this.otherNonFinite,
      histogram: { firstDecade: FIRST_DECADE, counts: this.decades, equal: this.equal },
    };
  }

  private bin(difference: number): void {
    if (difference === 0) {
      this.equal += 1;
      return;
    }
    const bin = Math.min(DECADES - 1, Math.max(0, Math.floor(Math.log10(difference)) - FIRST_DECADE));
    this.decades[bin] = (this.decades[bin] ?? 0) + 1;
  }

  private remember(a: NdArray, b: NdArray, worst: number, worstRatio: number, tolerance?: Tolerance): void {
    if (worst >= 0 || this.worstIndex.length === 0) {
      this.worstIndex = indexAt(a.dims, Math.max(0, worst));
      this.worstTolerance = tolerance?.(Math.max(0, worst)) ?? null;
    }
    if (worstRatio < 0 || tolerance === undefined) return;
    this.atRatio = {
      index: indexAt(a.dims, worstRatio),
      difference: Math.abs((a.data[worstRatio] as number) - (b.data[worstRatio] as number)),
      tolerance: tolerance(worstRatio),
    };
  }
}

function ratioOf(difference: number, tolerance: number): number {
  return difference === 0 ? 0 : difference / tolerance;
}

/** The index of a flat element number. */
export function indexAt(dims: readonly number[], element: number): readonly number[] {
  const strides = rowMajorStrides(dims);
  return dims.map((dim, axis) => Math.floor(element / (strides[axis] ?? 1)) % dim);
}
