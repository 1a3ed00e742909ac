import type { Dim } from '../../ir/model';
import type { NodeView } from '../shapes/shapeRule';
import { addDims, divideDims, floorDivide, isNonNegative, multiplyDims, subtractDims } from '../symbolicDim';

/** Element-by-element arithmetic on sizes that may be symbols; null where the outcome is not known. */

type Elementwise = (...operands: Dim[]) => Dim;

/** Integer division; of a size it rounds down. */
const divide: Elementwise = (a = null, b = null) => {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? null : Math.trunc(a / b);
  if (typeof b === 'number' && b >= 1 && isNonNegative(a)) return floorDivide(a, b);
  return divideDims(a, b);
};

/** Whether two sizes are equal, as 0 or 1; a size never equals a negative number. */
const equal: Elementwise = (a = null, b = null) => {
  if (a === null || b === null) return null;
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 1 : 0;
  const apart = subtractDims(a, b);
  if (typeof apart === 'number' && typeof a === 'string' && typeof b === 'string') return apart === 0 ? 1 : 0;
  const [number, symbol] = typeof a === 'number' ? [a, b] : [b, a];
  return typeof number === 'number' && number < 0 && isNonNegative(symbol) ? 0 : null;
};

const where: Elementwise = (condition = null, a = null, b = null) => {
  if (condition !== null) return condition === 0 ? b : a;
  return a === b ? a : null;
};

const modulo: Elementwise = (a = null, b = null) => {
  return typeof a === 'number' && typeof b === 'number' && a >= 0 && b > 0 ? a % b : null;
};

const largest: Elementwise = (...operands) => ordered(operands, Math.max);
const smallest: Elementwise = (...operands) => ordered(operands, Math.min);

/** The extreme of operands that differ by numbers. */
function ordered(operands: readonly Dim[], pick: (...values: number[]) => number): Dim {
  const [first = null, ...others] = operands;
  const apart = others.map((operand) =>
    typeof first === 'number' && typeof operand === 'number' ? operand - first : subtractDims(operand, first),
  );
  if (first === null || !apart.every((difference) => typeof difference === 'number')) return null;
  return addDims(first, pick(0, ...apart));
}

function elementwise(compute: Elementwise): (view: NodeView) => readonly Dim[] | null {
  return (view) => {
    const operands = view.node.inputs.map((_, input) => view.ints(input));
    const ranks = view.node.inputs.map((_, input) => view.type(input)?.dims?.length);
    // a vector against a column would make a matrix, whose elements no shape is made of
    if (ranks.some((rank) => rank === undefined || rank > 1)) return null;
    const length = Math.max(...operands.map((operand) => operand?.length ?? 1));
    if (operands.every((operand) => operand === null)) return null;
    return Array.from({ length }, (_, place) =>
      compute(...operands.map((operand) => (operand?.length === 1 ? operand[0] : operand?.[place]) ?? null)),
    );
  };
}

export const arithmeticRules = {
  Add: elementwise((a = null, b = null) => addDims(a, b)),
  Sub: elementwise((a = null, b = null) => subtractDims(a, b)),
  Mul: elementwise((a = null, b = null) => multiplyDims(a, b)),
  Div: elementwise(divide),
  Mod: elementwise(modulo),
  Max: elementwise(largest),
  Min: elementwise(smallest),
  Equal: elementwise(equal),
  Where: elementwise(where),
};
