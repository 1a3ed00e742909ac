/**
 * C += A·B in float64. B is packed in panels of four columns, and a tile of 4 × 4 sums stays in registers while it walks along k: each
 * number that is read takes part in four products, where a loop over rows reads and writes memory for each. The sums are those of any
 * other order but for float64's own rounding.
 */

/** Columns of a panel, and rows of A that are taken at once. */
export const TILE = 4;

/** Of k, for one walk: four rows of A and a panel of B then fit into the fastest cache. */
const WALK = 512;

/** A packed matrix: element (row, column) is at (⌊column / 4⌋ · rows + row) · 4 + column mod 4; what is beyond the last column is 0. */
export interface Panels {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** An empty packed matrix, for its maker to fill. */
export function emptyPanels(rows: number, columns: number): Panels {
  return { data: new Float64Array(rows * Math.ceil(columns / TILE) * TILE), rows, columns };
}

/** Where the numbers of the product go: element (row, column) is added at `column[column] + row · rowStep`. */
export interface Target {
  readonly data: Float64Array;
  readonly columns: Int32Array | Float64Array;
  readonly rowStep: number;
}

/** @param a row-major, `m` rows of `b.rows` numbers from `aAt` on. */
export function addProduct(a: Float64Array, aAt: number, m: number, b: Panels, target: Target): void {
  const { rows: k } = b;
  const tile = new Float64Array(TILE * TILE);
  for (let from = 0; from < k; from += WALK) {
    const length = Math.min(WALK, k - from);
    for (let row = 0; row < m; row += TILE) {
      const height = Math.min(TILE, m - row);
      for (let column = 0; column < b.columns; column += TILE) {
        const at = column * k + from * TILE;
        if (height === TILE) tileOf4(tile, a, aAt + row * k + from, k, b.data, at, length);
        else tileOfFew(tile, a, aAt + row * k + from, k, height, b.data, at, length);
        addTile(target, tile, row, height, column, Math.min(TILE, b.columns - column));
      }
    }
  }
}

function addTile(
  { data, columns, rowStep }: Target,
  tile: Float64Array,
  row: number,
  height: number,
  column: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) {
    let at = (columns[column + j] as number) + row * rowStep;
    for (let i = 0; i < height; i++, at += rowStep) (data[at] as number) += tile[i * TILE + j] as number;
  }
}

function tileOf4(
  tile: Float64Array,
  a: Float64Array,
  first: number,
  step: number,
  b: Float64Array,
  bAt: number,
  length: number,
): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  const second = first + step;
  const third = second + step;
  const fourth = third + step;
  for (let p = 0, q = bAt; p < length; p++, q += TILE) {
    const b0 = b[q] as number;
    const b1 = b[q + 1] as number;
    const b2 = b[q + 2] as number;
    const b3 = b[q + 3] as number;
    const a0 = a[first + p] as number;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[second + p] as number;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[third + p] as number;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[fourth + p] as number;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  store(tile, 0, c00, c01, c02, c03);
  store(tile, TILE, c10, c11, c12, c13);
  store(tile, 2 * TILE, c20, c21, c22, c23);
  store(tile, 3 * TILE, c30, c31, c32, c33);
}

/** The last rows, fewer than four. */
function tileOfFew(
  tile: Float64Array,
  a: Float64Array,
  first: number,
  step: number,
  height: number,
  b: Float64Array,
  bAt: number,
  length: number,
): void {
  for (let i = 0; i < height; i++) {
    let [c0, c1, c2, c3] = [0, 0, 0, 0];
    const row = first + i * step;
    for (let p = 0, q = bAt; p < length; p++, q += TILE) {
      const weight = a[row + p] as number;
      c0 += weight * (b[q] as number);
      c1 += weight * (b[q + 1] as number);
      c2 += weight * (b[q + 2] as number);
      c3 += weight * (b[q + 3] as number);
    }
    store(tile, i * TILE, c0, c1, c2, c3);
  }
}

function store(tile: Float64Array, at: number, a: number, b: number, c: number, d: number): void {
  tile[at] = a;
  tile[at + 1] = b;
  tile[at + 2] = c;
  tile[at + 3] = d;
}
