import type { Dim } from '../ir/model';

/**
 * Arithmetic on sizes that may be symbols. Results are kept in one normal form, `floor((a*S+o)/d)+q` with 0 ≤ o < d, so that
 * equal sizes are equal strings: (H+2−3)/2+1 and (H−1)/2+1 are both "floor((H+1)/2)". What does not fit is null.
 */

/** Longer expressions say nothing to a person, and a hostile chain would grow without end. */
const MAX_LENGTH = 96;
const PLAIN = /^[A-Za-z_][\w.]*$/;

/** The symbol as the file names it, bracketed if it could be read as an expression. */
export function symbolDim(name: string): string {
  if (PLAIN.test(name)) return name;
  return `[${name.replace(/[%()[\]]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}]`;
}

/** a + b; null unless one is a number (or an operand is 0). */
export function addDims(a: Dim, b: Dim): Dim {
  if (a === null || b === null) return null;
  if (typeof a === 'number') return typeof b === 'number' ? a + b : shift(b, a);
  return typeof b === 'number' ? shift(a, b) : null;
}

/** a − b; of two expressions only where they differ by a number. */
export function subtractDims(a: Dim, b: Dim): Dim {
  if (typeof b === 'number') return addDims(a, -b);
  if (typeof a !== 'string' || b === null) return null;
  const [left, right] = [split(a), split(b)];
  return left.base === right.base ? left.offset - right.offset : null;
}

/** a · b; null for a negative multiple of a symbol. */
export function multiplyDims(a: Dim, b: Dim): Dim {
  if (a === null || b === null) return null;
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  if ((typeof a === 'number' && a < 0) || (typeof b === 'number' && b < 0)) return null;
  return joinFactors([...factors(a), ...factors(b)]);
}

/** a / b where it is known to divide: numbers, or factors that cancel; null otherwise. */
export function divideDims(a: Dim, b: Dim): Dim {
  if (a === null || b === null || b === 0) return null;
  if (a === b) return 1;
  if (a === 0) return 0;
  const left = [...factors(a)];
  let divisor = 1;
  for (const factor of factors(b)) {
    if (typeof factor === 'number') divisor *= factor;
    else {
      const place = left.indexOf(factor);
      if (place < 0) return null;
      left.splice(place, 1);
    }
  }
  const coefficient = left.reduce<number>(
    (product, factor) => product * (typeof factor === 'number' ? factor : 1),
    1,
  );
  if (coefficient % divisor !== 0) return null;
  return joinFactors([coefficient / divisor, ...left.filter((factor) => typeof factor === 'string')]);
}

/** floor(a / divisor) for a whole `divisor` ≥ 1. */
export function floorDivide(a: Dim, divisor: number): Dim {
  if (a === null || !(divisor >= 1)) return null;
  if (typeof a === 'number') return Math.floor(a / divisor);
  if (divisor === 1) return a;
  const { base, offset } = split(a);
  const inner = floorParts(base);
  // floor((floor(x / m) + offset) / d) = floor((x + m·offset) / (m·d)); x itself carries an offset below m
  const x = inner === null ? { base, offset: 0 } : split(inner.dividend);
  const m = inner?.divisor ?? 1;
  return floorForm(x.base, x.offset + m * offset, m * divisor);
}

/** Whether a size-valued expression can't be negative: only subtraction takes a size below 0. */
export function isNonNegative(dim: Dim): boolean {
  return typeof dim === 'number' ? dim >= 0 : dim !== null && !dim.includes('-');
}

/** The symbol and its size for which `dim` is `size`; null unless `dim` is a·S + q and S a whole number from 1 on. */
export function solveDim(dim: Dim, size: number): { readonly symbol: string; readonly size: number } | null {
  if (typeof dim !== 'string') return null;
  const { base, offset } = split(dim);
  const { coefficient, rest } = leadingCoefficient(base);
  const solution = (size - offset) / coefficient;
  return Number.isInteger(solution) && solution >= 1 ? { symbol: rest, size: solution } : null;
}

/** floor((base + offset) / divisor), whole parts pulled out. */
function floorForm(base: string, offset: number, divisor: number): Dim {
  const { coefficient, rest } = leadingCoefficient(base);
  const whole = Math.floor(offset / divisor);
  if (coefficient % divisor === 0) return shift(joinFactors([coefficient / divisor, rest]), whole);
  const remainder = offset - whole * divisor;
  const dividend = remainder === 0 ? base : `(${base}+${remainder})`;
  return shift(`floor(${dividend}/${divisor})`, whole);
}

function shift(dim: Dim, by: number): Dim {
  if (typeof dim !== 'string') return dim === null ? null : dim + by;
  if (by === 0) return dim;
  const { base, offset } = split(dim);
  const sum = offset + by;
  return bounded(sum === 0 ? base : `${base}${sum > 0 ? '+' : ''}${sum}`);
}

/** "H+2" → H, 2. A sign and digits at the very end are outside all brackets. */
function split(expression: string): { readonly base: string; readonly offset: number } {
  const match = /^(.+)([+-]\d+)$/.exec(expression);
  return { base: match?.[1] ?? expression, offset: Number(match?.[2] ?? 0) };
}

/** "floor((H+1)/2)" → H+1, 2; null for anything that is not one floor as a whole. */
function floorParts(base: string): { readonly dividend: string; readonly divisor: number } | null {
  const match = /^floor\((.+)\/(\d+)\)$/.exec(base);
  const inner = match?.[1];
  if (inner === undefined || !isBalanced(inner)) return null;
  const bare = /^\((.+)\)$/.exec(inner)?.[1];
  return { dividend: bare !== undefined && isBalanced(bare) ? bare : inner, divisor: Number(match?.[2]) };
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const letter of text) {
    if (letter === '(' || letter === '[') depth++;
    if (letter === ')' || letter === ']') depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The factors of a product, split at the `*` outside all brackets; a sum is one factor in brackets. */
function factors(dim: number | string): readonly (number | string)[] {
  if (typeof dim === 'number') return [dim];
  if (split(dim).offset !== 0) return [`(${dim})`];
  const parts: string[] = [''];
  let depth = 0;
  for (const letter of dim) {
    if (letter === '(' || letter === '[') depth++;
    if (letter === ')' || letter === ']') depth--;
    if (letter === '*' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${letter}`);
  }
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function leadingCoefficient(base: string): { readonly coefficient: number; readonly rest: string } {
  const match = /^(\d+)\*(.+)$/.exec(base);
  return { coefficient: Number(match?.[1] ?? 1), rest: match?.[2] ?? base };
}

function joinFactors(all: readonly (number | string)[]): Dim {
  let coefficient = 1;
  const symbols: string[] = [];
  for (const factor of all) {
    if (typeof factor === 'number') coefficient *= factor;
    else symbols.push(...factors(factor).map(String));
  }
  if (symbols.length === 0 || coefficient === 0) return coefficient;
  const product = symbols.sort().join('*');
  // a lone sum needs no brackets
  const bare = coefficient === 1 && symbols.length === 1 ? /^\((.+)\)$/.exec(product)?.[1] : undefined;
  if (bare !== undefined && isBalanced(bare)) return bounded(bare);
  return bounded(coefficient === 1 ? product : `${coefficient}*${product}`);
}

function bounded(expression: string): Dim {
  return expression.length > MAX_LENGTH ? null : expression;
}
