import { raise } from '../result';
import type { Argument } from '../torch/program/atenGraph';
import type { Builtin, BuiltinScope } from './builtin';
import { float, int, OTHER, type Value } from './values';

/** Calls on numbers and sizes. */

/** The number that a value is; a tensor of one whole number that is known counts as that. */
export function numberOf(value: Value | undefined, { program }: BuiltinScope): number | null {
  if (value?.kind === 'int' || value?.kind === 'float') return value.value;
  if (value?.kind === 'bool') return Number(value.value);
  if (value?.kind !== 'tensor') return null;
  const type = program.typeOf(value.name);
  return type?.dims?.length === 0 && type.dtype === 'int64'
    ? (program.numbers(value.name)?.[0] ?? null)
    : null;
}

export const isNumber = ({ kind }: Value): boolean => kind === 'int' || kind === 'float' || kind === 'size';

/** On numbers; on sizes that are open by a call of the program, where there is one. */
export const arithmetic =
  (compute: (a: number, b: number) => number, onSizes: string | null): Builtin =>
  (args, scope) => {
    const [a, b] = args;
    if (a === undefined || b === undefined || !args.some(isNumber)) return null;
    const [x, y] = [numberOf(a, scope), numberOf(b, scope)];
    if (x !== null && y !== null) {
      const isWhole = a.kind !== 'float' && b.kind !== 'float' && onSizes !== null;
      return isWhole ? whole(compute(x, y)) : float(compute(x, y));
    }
    const sizes = [sizeArgument(a, x), sizeArgument(b, y)];
    if (onSizes === null || sizes[0] === null || sizes[1] === null) return anyTensor(args) ? null : OTHER;
    return scope.program.sizeCall(
      onSizes,
      new Map([
        ['a', sizes[0] as Argument],
        ['b', sizes[1] as Argument],
      ]),
      scope.module,
    );
  };

/** PyTorch's whole numbers have 63 bits, those here 53. */
function whole(value: number): Value {
  if (Number.isSafeInteger(value)) return int(value);
  const what = Number.isFinite(value)
    ? 'a whole number is larger here than those that are read'
    : 'a whole number is divided by zero here';
  return raise('unsupported', `${what}; give other shapes, or export the model again.`);
}

function sizeArgument(value: Value, number: number | null): Argument | null {
  if (value.kind === 'size') return value;
  return number !== null && Number.isInteger(number) ? { kind: 'int', value: number } : null;
}

const anyTensor = (args: readonly Value[]): boolean => args.some(({ kind }) => kind === 'tensor');

const extreme =
  (pick: (a: number, b: number) => number): Builtin =>
  (args, { work }) => {
    const [first] = args;
    const items = args.length === 1 && first?.kind === 'list' ? first.items : args;
    work.spend(items.length);
    const numbers = items.flatMap((item) =>
      item.kind === 'int' || item.kind === 'float' ? [item.value] : [],
    );
    if (numbers.length !== items.length || numbers.length === 0) return null;
    const result = numbers.reduce((a, b) => pick(a, b));
    return items.every(({ kind }) => kind === 'int') ? int(result) : float(result);
  };

/** A number of one kind as one of another. */
const converted =
  (make: (value: number) => Value): Builtin =>
  ([value], scope) => {
    if (value?.kind === 'size') return value;
    const number = numberOf(value, scope);
    return number === null ? null : make(number);
  };

/** Of one number; `isWhole` where the result is. */
const ofOne =
  (compute: (value: number) => number, isWhole: boolean): Builtin =>
  (args, scope) => {
    const [value] = args;
    if (args.length !== 1 || value === undefined || !isNumber(value)) return null;
    const number = numberOf(value, scope);
    if (number === null) return null;
    return isWhole || value.kind === 'int' ? int(compute(number)) : float(compute(number));
  };

/** A number between two others, of which either may be None or left out. */
function clamp([value, low, high]: readonly Value[], scope: BuiltinScope): Value | null {
  if (value?.kind !== 'int' && value?.kind !== 'float') return null;
  const bound = (one: Value | undefined, open: number): number | null =>
    one === undefined || one.kind === 'none' ? open : numberOf(one, scope);
  const [from, to] = [bound(low, -Infinity), bound(high, Infinity)];
  if (from === null || to === null) return null;
  const result = Math.min(to, Math.max(from, value.value));
  return value.kind === 'int' ? int(result) : float(result);
}

const reverse =
  (of: Builtin): Builtin =>
  ([a, b, ...rest], scope) =>
    a === undefined || b === undefined || rest.length > 0 ? null : of([b, a], scope);

const difference = arithmetic((a, b) => a - b, '_operator.sub');

const negative: Builtin = ([a]) =>
  a?.kind === 'int' ? int(-a.value) : a?.kind === 'float' ? float(-a.value) : null;

const floored = (a: number, b: number): number => Math.floor(a / b);

export const plus = arithmetic((a, b) => a + b, '_operator.add');

export const times = arithmetic((a, b) => a * b, '_operator.mul');

/** A place of `range(start, end, step)`: the script counts from 0. */
const derived: Builtin = ([place, start, step]) =>
  place?.kind === 'int' && start?.kind === 'int' && step?.kind === 'int'
    ? int(start.value + place.value * step.value)
    : null;

const rounds: Builtin = ([start, end, step]) =>
  start?.kind === 'int' && end?.kind === 'int' && step?.kind === 'int' && step.value !== 0
    ? int(Math.max(0, Math.ceil((end.value - start.value) / step.value)))
    : null;

export const numberBuiltins: Readonly<Record<string, Builtin>> = {
  sub: difference,
  rsub: reverse(difference),
  mul: times,
  floordiv: arithmetic(floored, '_operator.floordiv'),
  floor_divide: arithmetic(floored, '_operator.floordiv'),
  remainder: arithmetic((a, b) => a - b * Math.floor(a / b), '_operator.mod'),
  div: arithmetic((a, b) => a / b, null),
  pow: arithmetic((a, b) => a ** b, null),
  neg: negative,
  max: extreme(Math.max),
  min: extreme(Math.min),
  'prim.max': extreme(Math.max),
  'prim.min': extreme(Math.min),
  'prim.abs': ofOne(Math.abs, false),
  ceil: ofOne(Math.ceil, true),
  floor: ofOne(Math.floor, true),
  trunc: ofOne(Math.trunc, true),
  sqrt: (args, scope) => {
    const number = args.length === 1 && args[0] && isNumber(args[0]) ? numberOf(args[0], scope) : null;
    return number === null ? null : float(Math.sqrt(number));
  },
  clamp,
  clamp_min: clamp,
  __derive_index: derived,
  __range_length: rounds,
  Int: converted((value) => int(Math.trunc(value))),
  Float: converted(float),
  int: converted((value) => int(Math.trunc(value))),
  float: converted(float),
};
