import { channelsPerGroup, tapCount, type Geometry } from '../geometry/geometry';
import { floatRows } from './floatRows';
import type { KernelExpr } from './kernelExpr';
import { evaluateVector, type TensorReader } from './vectorExpr';

/**
 * The inner operator of a composition as a matrix, for products of a size that needs blocking: 1×1 → 3×3 of 512 channels
 * is 1.2 · 10⁹ of them.
 *
 *     sum[i] += Σ_m c_m · W₁[m, i]
 *
 * Four columns and three sums are held in registers while m runs. Each sum takes its products in the order of m, as if one
 * channel were added after the other, so that the result is the same to the last bit.
 */
export interface DenseRows {
  readonly geometry: Geometry;
  /** Columns, filled up to a multiple of four. */
  readonly length: number;
  /** Rows of the matrix. */
  readonly count: number;
  /** Four columns after four columns: element [m, i] is at ((i div 4) · count + m) · 4 + i mod 4. */
  readonly panels: Float64Array;
  /** What row m is multiplied by, one factor after the other. */
  readonly scales: readonly Float64Array[];
}

const COLUMNS = 4;
const SUMS = 3;

/** Null for what is no stored kernel of one group behind per-channel scales, and where a number is not finite. */
export function denseRows(expr: KernelExpr, read: TensorReader): DenseRows | null {
  const scales: Float64Array[] = [];
  let inner = expr;
  for (; inner.kind === 'affine'; inner = inner.of) {
    if (inner.scale !== null) scales.push(evaluateVector(inner.scale, inner.geometry.outChannels, read));
  }
  if (inner.kind !== 'conv' && !(inner.kind === 'linear' && inner.transposed)) return null;
  const { geometry, weight } = inner;
  if (geometry.groups !== 1) return null;
  const width = channelsPerGroup(geometry) * tapCount(geometry);
  const length = Math.ceil(width / COLUMNS) * COLUMNS;
  const count = geometry.outChannels;
  const panels = new Float64Array(length * count);
  const row = floatRows(read(weight), width);
  for (let m = 0; m < count; m++) {
    const values = row(m);
    for (let i = 0; i < width; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) return null;
      panels[((i >> 2) * count + m) * COLUMNS + (i & 3)] = value;
    }
  }
  return { geometry, length, count, panels, scales };
}

/** One sum and the coefficients of its products: `weights[m · stride + at] · factor` for row `first + m`. */
export interface Sum {
  /** `length` elements. */
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly at: number;
  readonly stride: number;
  readonly factor: number;
}

/** Up to three sums and their coefficients, [m][sum]. */
interface Group {
  readonly isOne: boolean;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly factors: Float64Array;
}

/** Adds `count` rows from `first` on to each of the sums. */
export function addRows(dense: DenseRows, first: number, count: number, sums: readonly Sum[]): void {
  const spare = new Float64Array(dense.length);
  const groups = Array.from({ length: Math.ceil(sums.length / SUMS) }, (_, at): Group => {
    const group = sums.slice(at * SUMS, (at + 1) * SUMS);
    const [a = spare, b = spare, c = spare] = group.map(({ values }) => values);
    const isOne = group.length === 1;
    return { isOne, a, b, c, factors: coefficients(dense, first, count, group, isOne ? 1 : SUMS) };
  });
  for (let column = 0; column < dense.length; column += COLUMNS) {
    const start = column * dense.count + first * COLUMNS;
    // four columns are read from memory once for all sums
    for (const group of groups) (group.isOne ? addOne : addThree)(dense.panels, start, column, group);
  }
}

/** Element [m, lane]; 0 where the weight is 0, whatever it would be multiplied by: such a row is left out. */
function coefficients(
  { scales }: DenseRows,
  first: number,
  count: number,
  sums: readonly Sum[],
  lanes: number,
): Float64Array {
  const factors = new Float64Array(count * lanes);
  sums.forEach(({ weights, at, stride, factor }, lane) => {
    for (let m = 0; m < count; m++) {
      const weight = weights[m * stride + at] as number;
      if (weight === 0) continue;
      let product = factor * weight;
      for (const scale of scales) product *= scale[first + m] as number;
      factors[m * lanes + lane] = product;
    }
  });
  return factors;
}

/** a, b, c [column + i] += Σ_m factors[m] · panel[m][i]. One long body: what is in variables stays in registers. */
function addThree(panels: Float64Array, start: number, column: number, { a, b, c, factors }: Group): void {
  let a0 = a[column] as number;
  let a1 = a[column + 1] as number;
  let a2 = a[column + 2] as number;
  let a3 = a[column + 3] as number;
  let b0 = b[column] as number;
  let b1 = b[column + 1] as number;
  let b2 = b[column + 2] as number;
  let b3 = b[column + 3] as number;
  let c0 = c[column] as number;
  let c1 = c[column + 1] as number;
  let c2 = c[column + 2] as number;
  let c3 = c[column + 3] as number;
  const end = factors.length;
  for (let m = 0, at = start; m < end; m += 3, at += 4) {
    const p = factors[m] as number;
    const q = factors[m + 1] as number;
    const r = factors[m + 2] as number;
    const w0 = panels[at] as number;
    const w1 = panels[at + 1] as number;
    const w2 = panels[at + 2] as number;
    const w3 = panels[at + 3] as number;
    a0 += p * w0;
    a1 += p * w1;
    a2 += p * w2;
    a3 += p * w3;
    b0 += q * w0;
    b1 += q * w1;
    b2 += q * w2;
    b3 += q * w3;
    c0 += r * w0;
    c1 += r * w1;
    c2 += r * w2;
    c3 += r * w3;
  }
  a[column] = a0;
  a[column + 1] = a1;
  a[column + 2] = a2;
  a[column + 3] = a3;
  b[column] = b0;
  b[column + 1] = b1;
  b[column + 2] = b2;
  b[column + 3] = b3;
  c[column] = c0;
  c[column + 1] = c1;
  c[column + 2] = c2;
  c[column + 3] = c3;
}

/** The same for one sum. */
function addOne(panels: Float64Array, start: number, column: number, { a, factors }: Group): void {
  let a0 = a[column] as number;
  let a1 = a[column + 1] as number;
  let a2 = a[column + 2] as number;
  let a3 = a[column + 3] as number;
  const end = factors.length;
  for (let m = 0, at = start; m < end; m++, at += 4) {
    const p = factors[m] as number;
    a0 += p * (panels[at] as number);
    a1 += p * (panels[at + 1] as number);
    a2 += p * (panels[at + 2] as number);
    a3 += p * (panels[at + 3] as number);
  }
  a[column] = a0;
  a[column + 1] = a1;
  a[column + 2] = a2;
  a[column + 3] = a3;
}
