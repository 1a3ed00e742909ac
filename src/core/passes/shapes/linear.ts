import { intAttribute, stringAttribute } from '../../ir/attributes';
import type { Dim } from '../../ir/model';
import { broadcastDims, typed, unifyDim } from './dims';
import { conflict } from './shapeConflict';
import type { ShapeRule, ShapeRules } from './shapeRule';

/** Matrix products. */

const gemm: ShapeRule = (view) => {
  const [a, b] = [view.type(0), view.type(1)];
  if (a === null) return [null];
  const left = turned(a.dims, intAttribute(view.node, 'transA', 0) !== 0);
  const right = turned(b?.dims ?? null, intAttribute(view.node, 'transB', 0) !== 0);
  unifyDim(left[1], right[0]);
  return [typed(a.dtype, [left[0], right[1]])];
};

function turned(dims: readonly Dim[] | null, transposed: boolean): readonly [Dim, Dim] {
  if (dims !== null && dims.length !== 2) conflict(`a matrix of rank ${dims.length}`);
  const [rows, columns] = [dims?.[0] ?? null, dims?.[1] ?? null];
  return transposed ? [columns, rows] : [rows, columns];
}

const matMul: ShapeRule = (view) => {
  const [a, b] = [view.type(0), view.type(1)];
  const dtype = a?.dtype ?? b?.dtype;
  if (dtype === undefined) return [null];
  return [typed(dtype, !a?.dims || !b?.dims ? null : productDims(a.dims, b.dims))];
};

/** NumPy's rule: a vector is a row on the left, a column on the right, and its axis of 1 disappears again. */
function productDims(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] | null {
  if (a.length === 0 || b.length === 0) conflict('a matrix product with a scalar');
  const inner = b.length === 1 ? b[0] : b[b.length - 2];
  unifyDim(a[a.length - 1] ?? null, inner ?? null);
  const batch = broadcastDims([a.slice(0, -2), b.slice(0, -2)]);
  if (batch === null) return null;
  return [...batch, ...(a.length > 1 ? a.slice(-2, -1) : []), ...(b.length > 1 ? b.slice(-1) : [])];
}

const matMulInteger: ShapeRule = (view) => {
  const [y] = matMul(view);
  return [y ? typed('int32', y.dims) : null];
};

/** Equations without an ellipsis; a letter's size is what is known of it anywhere. */
const einsum: ShapeRule = (view) => {
  const first = view.type(0);
  const equation = stringAttribute(view.node, 'equation', '').replace(/\s/g, '');
  if (first === null || equation.includes('.')) return [first === null ? null : typed(first.dtype, null)];
  const [left = '', right] = equation.split('->');
  const sizes = new Map<string, Dim>();
  left.split(',').forEach((letters, input) => {
    const dims = view.type(input)?.dims ?? null;
    if (dims !== null && dims.length !== letters.length)
      conflict(`"${letters}" names an input of rank ${dims.length}`);
    [...letters].forEach((letter, axis) => {
      sizes.set(letter, unifyDim(sizes.get(letter) ?? null, dims?.[axis] ?? null));
    });
  });
  const output = right ?? lettersOnce(left.replace(/,/g, ''));
  return [
    typed(
      first.dtype,
      [...output].map((letter) => sizes.get(letter) ?? null),
    ),
  ];
};

/** The implicit output: letters that occur once, in alphabetical order. */
function lettersOnce(letters: string): string {
  return [...letters]
    .filter((letter, place) => letters.indexOf(letter) === place && letters.lastIndexOf(letter) === place)
    .sort()
    .join('');
}

export const linearRules: ShapeRules = {
  Gemm: gemm,
  MatMul: matMul,
  MatMulInteger: matMulInteger,
  Einsum: einsum,
};
