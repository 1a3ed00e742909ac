import { isObject, numberOf, objectIn, textIn, whole, type Json, type JsonObject } from './taggedJson';

/** Sizes as the file has them, numbers or SymPy's expressions of its symbols with their value in the example, and sums of them. */
export type RawSize = Json;

export const fixed = (value: number): RawSize => ({ as_int: whole(value) });

/** The size as a number; null where it is open. */
export function fixedSize(size: RawSize | undefined): number | null {
  return isObject(size) ? numberOf(size.as_int) : null;
}

export function plus(a: RawSize, b: RawSize): RawSize {
  return combined(
    a,
    b,
    (x, y) => x + y,
    (x, y) => (y === 'Integer(0)' ? x : `Add(${x}, ${y})`),
  );
}

export function times(a: RawSize, b: RawSize): RawSize {
  return combined(
    a,
    b,
    (x, y) => x * y,
    (x, y) => (y === 'Integer(1)' ? x : `Mul(${x}, ${y})`),
  );
}

/** Rounded down. */
export function over(a: RawSize, b: RawSize): RawSize {
  return combined(
    a,
    b,
    (x, y) => Math.floor(x / y),
    (x, y) => (y === 'Integer(1)' ? x : `FloorDiv(${x}, ${y})`),
  );
}

export function product(sizes: readonly RawSize[]): RawSize {
  return sizes.reduce((all, size) => times(size, all), fixed(1));
}

function combined(
  a: RawSize,
  b: RawSize,
  numbers: (x: number, y: number) => number,
  expressions: (x: string, y: string) => string,
): RawSize {
  const [x, y] = [fixedSize(a), fixedSize(b)];
  if (x !== null && y !== null) return fixed(numbers(x, y));
  const [p, q] = [exampleOf(a), exampleOf(b)];
  const hint = p === null || q === null ? null : { as_int: whole(numbers(p, q)) };
  return { as_expr: { expr_str: expressions(expressionOf(a), expressionOf(b)), hint } };
}

function expressionOf(size: RawSize): string {
  const number = fixedSize(size);
  return number === null ? textIn(objectIn(size, 'as_expr'), 'expr_str') : `Integer(${number})`;
}

function exampleOf(size: RawSize): number | null {
  return fixedSize(size) ?? numberOf(objectIn(objectIn(size, 'as_expr'), 'hint').as_int);
}

/** What the file says of a tensor. */
export interface RawMeta {
  readonly dtype: Json;
  readonly sizes: readonly RawSize[];
  readonly device: Json;
}

/** The entry for a tensor that lies in memory of its own, row-major. */
export function metaEntry({ dtype, sizes, device }: RawMeta, requiresGrad: boolean): JsonObject {
  const strides = sizes.map((_, axis) => product(sizes.slice(axis + 1).reverse()));
  return {
    ...{ dtype, sizes, requires_grad: requiresGrad, device },
    ...{ strides, storage_offset: fixed(0), layout: whole(7) },
  };
}
