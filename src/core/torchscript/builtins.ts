import { isFloat } from '../tensor/dtype';
import type { Argument } from '../torch/program/atenGraph';
import type { ScriptProgram } from './scriptProgram';
import { bool, float, int, list, NONE, OTHER, type ListValue, type Value } from './values';

/** Calls that a script makes on numbers, sizes and lists, not on tensors' elements: done while it is followed. */

/** What a call needs of the program. */
export interface BuiltinScope {
  readonly program: ScriptProgram;
  readonly module: string;
}

type Builtin = (args: readonly Value[], scope: BuiltinScope) => Value | null;

/** The call's value; null where it is none of these, or its arguments are of another kind. @param name "len", "prim.NumToTensor". */
export function builtin(name: string, args: readonly Value[], scope: BuiltinScope): Value | null {
  return BUILTINS.get(name)?.(args, scope) ?? null;
}

/** The number that a value is; a tensor of one whole number that is known counts as that. */
function numberOf(value: Value | undefined, { program }: BuiltinScope): number | null {
  if (value?.kind === 'int' || value?.kind === 'float') return value.value;
  if (value?.kind === 'bool') return Number(value.value);
  if (value?.kind !== 'tensor') return null;
  const type = program.typeOf(value.name);
  return type?.dims?.length === 0 && type.dtype === 'int64'
    ? (program.numbers(value.name)?.[0] ?? null)
    : null;
}

const isNumber = ({ kind }: Value): boolean => kind === 'int' || kind === 'float' || kind === 'size';

/** On numbers; on sizes that are open by a call of the program, where there is one. */
const arithmetic =
  (compute: (a: number, b: number) => number, onSizes: string | null): Builtin =>
  (args, scope) => {
    const [a, b] = args;
    if (a === undefined || b === undefined || !args.some(isNumber)) return null;
    const [x, y] = [numberOf(a, scope), numberOf(b, scope)];
    if (x !== null && y !== null) {
      const isWhole = a.kind !== 'float' && b.kind !== 'float' && onSizes !== null;
      return isWhole ? int(compute(x, y)) : float(compute(x, y));
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

function sizeArgument(value: Value, number: number | null): Argument | null {
  if (value.kind === 'size') return value;
  return number !== null && Number.isInteger(number) ? { kind: 'int', value: number } : null;
}

const anyTensor = (args: readonly Value[]): boolean => args.some(({ kind }) => kind === 'tensor');

/** Of numbers and texts; a size that is open makes the answer unknown. */
const comparison =
  (holds: (a: number | string, b: number | string) => boolean): Builtin =>
  ([a, b], scope) => {
    if (a === undefined || b === undefined) return null;
    if (a.kind === 'text' && b.kind === 'text') return bool(holds(a.value, b.value));
    if (a.kind === 'other' || b.kind === 'other') return OTHER;
    if (a.kind === 'size' || b.kind === 'size') return OTHER;
    if (a.kind === 'list' && b.kind === 'list') return sameItems(a, b, holds);
    if (a.kind === 'tensor' && b.kind === 'tensor') return null;
    const [x, y] = [numberOf(a, scope), numberOf(b, scope)];
    return x === null || y === null ? null : bool(holds(x, y));
  };

/** Of lists of numbers; of others nothing is said. */
function sameItems(a: ListValue, b: ListValue, holds: (a: string, b: string) => boolean): Value {
  const numbers = [a, b].map(({ items }) =>
    items.flatMap((item) => (item.kind === 'int' ? [item.value] : [])),
  );
  const [x = [], y = []] = numbers;
  return x.length === a.items.length && y.length === b.items.length ? bool(holds(x.join(), y.join())) : OTHER;
}

const same =
  (negated: boolean): Builtin =>
  ([a, b]) => {
    if (a === undefined || b === undefined || a.kind === 'other' || b.kind === 'other') return OTHER;
    const isSame = a.kind === b.kind && (!('value' in a) || !('value' in b) || a.value === b.value);
    return bool(isSame !== negated);
  };

function size([tensor, axis]: readonly Value[], scope: BuiltinScope): Value | null {
  if (tensor?.kind !== 'tensor') return null;
  const dims = scope.program.typeOf(tensor.name)?.dims;
  if (!dims) return axis === undefined ? { kind: 'other', sizesOf: tensor.name } : OTHER;
  const one = (place: number): Value => {
    const dim = dims[place];
    if (typeof dim === 'number') return int(dim);
    const args = new Map<string, Argument>([
      ['self', { kind: 'tensor', name: tensor.name }],
      ['dim', { kind: 'int', value: place }],
    ]);
    return scope.program.sizeCall('aten.sym_size', args, scope.module);
  };
  if (axis === undefined) return list(dims.map((_, place) => one(place)));
  if (axis.kind !== 'int') return null;
  const place = axis.value < 0 ? axis.value + dims.length : axis.value;
  return place >= 0 && place < dims.length ? one(place) : null;
}

function len([of]: readonly Value[], scope: BuiltinScope): Value | null {
  if (of?.kind === 'list' || of?.kind === 'tuple') return int(of.items.length);
  if (of?.kind === 'text') return int(of.value.length);
  if (of?.kind === 'other') return OTHER;
  return of?.kind === 'tensor' ? size([of, int(0)], scope) : null;
}

function dim([of]: readonly Value[], { program }: BuiltinScope): Value | null {
  if (of?.kind !== 'tensor') return null;
  const dims = program.typeOf(of.name)?.dims;
  return dims ? int(dims.length) : OTHER;
}

function numel([of]: readonly Value[], { program }: BuiltinScope): Value | null {
  if (of?.kind !== 'tensor') return null;
  const dims = program.typeOf(of.name)?.dims?.filter((one) => typeof one === 'number');
  const rank = program.typeOf(of.name)?.dims?.length;
  return dims !== undefined && dims.length === rank ? int(dims.reduce((all, one) => all * one, 1)) : OTHER;
}

function append([to, item]: readonly Value[]): Value | null {
  if (to?.kind !== 'list' || item === undefined) return null;
  to.items.push(item);
  return to;
}

/** Of a list, as Python has it, in steps of one. */
function slice([of, start, end, step]: readonly Value[]): Value | null {
  if (of?.kind !== 'list' || (step !== undefined && (step.kind !== 'int' || step.value !== 1))) return null;
  const bound = (value: Value | undefined, open: number): number =>
    value?.kind === 'int' ? value.value : open;
  return list(of.items.slice(bound(start, 0), bound(end, of.items.length)));
}

function contains([of, item]: readonly Value[]): Value | null {
  if (of?.kind !== 'list' || item === undefined || !('value' in item)) return null;
  return bool(of.items.some((one) => 'value' in one && one.value === item.value));
}

const extreme =
  (pick: (...numbers: number[]) => number): Builtin =>
  (args) => {
    const [first] = args;
    const items = args.length === 1 && first?.kind === 'list' ? first.items : args;
    const numbers = items.flatMap((item) =>
      item.kind === 'int' || item.kind === 'float' ? [item.value] : [],
    );
    if (numbers.length !== items.length || numbers.length === 0) return null;
    return items.every(({ kind }) => kind === 'int') ? int(pick(...numbers)) : float(pick(...numbers));
  };

/** A number of one kind as one of another. */
const converted =
  (make: (value: number) => Value): Builtin =>
  ([value], scope) => {
    if (value?.kind === 'size') return value;
    const number = numberOf(value, scope);
    return number === null ? null : make(number);
  };

const truth =
  (decide: (a: boolean, b: boolean) => boolean): Builtin =>
  ([a, b]) => {
    if (a?.kind === 'other' || b?.kind === 'other') return OTHER;
    return a?.kind === 'bool' && b?.kind === 'bool' ? bool(decide(a.value, b.value)) : null;
  };

const negative: Builtin = ([a]) =>
  a?.kind === 'int' ? int(-a.value) : a?.kind === 'float' ? float(-a.value) : null;

const not: Builtin = ([a]) => (a?.kind === 'other' ? OTHER : a?.kind === 'bool' ? bool(!a.value) : null);

const joined: Builtin = ([a, b], scope) =>
  a?.kind === 'list' && b?.kind === 'list' && a.items.length + b.items.length <= LONGEST_LIST
    ? list([...a.items, ...b.items])
    : plus([a, b] as Value[], scope);

/** Lists in a script hold tensors and sizes. */
const LONGEST_LIST = 100_000;

const plus = arithmetic((a, b) => a + b, '_operator.add');
const itself: Builtin = ([value]) => value ?? null;
const always =
  (value: Value): Builtin =>
  () =>
    value;

const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries<Builtin>({
    add: joined,
    sub: arithmetic((a, b) => a - b, '_operator.sub'),
    mul: arithmetic((a, b) => a * b, '_operator.mul'),
    floordiv: arithmetic((a, b) => Math.floor(a / b), '_operator.floordiv'),
    floor_divide: arithmetic((a, b) => Math.floor(a / b), '_operator.floordiv'),
    remainder: arithmetic((a, b) => a - b * Math.floor(a / b), '_operator.mod'),
    div: arithmetic((a, b) => a / b, null),
    pow: arithmetic((a, b) => a ** b, null),
    neg: negative,
    eq: comparison((a, b) => a === b),
    ne: comparison((a, b) => a !== b),
    lt: comparison((a, b) => a < b),
    le: comparison((a, b) => a <= b),
    gt: comparison((a, b) => a > b),
    ge: comparison((a, b) => a >= b),
    __is__: same(false),
    __isnot__: same(true),
    __not__: not,
    __and__: truth((a, b) => a && b),
    __or__: truth((a, b) => a || b),
    max: extreme(Math.max),
    min: extreme(Math.min),
    len,
    dim,
    numel,
    size,
    append,
    slice,
    __contains__: contains,
    list: ([of]) => (of?.kind === 'list' || of?.kind === 'tuple' ? list(of.items) : null),
    format: always({ kind: 'text', value: '' }),
    is_floating_point: ([of], { program }) =>
      of?.kind === 'tensor' ? bool(isFloat(program.typeOf(of.name)?.dtype ?? 'float32')) : null,
    warn: always(NONE),
    Int: converted((value) => int(Math.trunc(value))),
    Float: converted(float),
    'prim.NumToTensor': itself,
    'prim.device': always(OTHER),
    'prim.is_cuda': always(bool(false)),
    'prim.layout': always(OTHER),
    'prim.unchecked_unwrap_optional': itself,
    int: converted((value) => int(Math.trunc(value))),
    float: converted(float),
    bool: ([value], scope) => {
      if (value?.kind === 'other' || value?.kind === 'size') return OTHER;
      const number = numberOf(value, scope);
      return number === null ? null : bool(number !== 0);
    },
    str: always({ kind: 'text', value: '' }),
    unchecked_unwrap_optional: itself,
    is_grad_enabled: always(bool(false)),
    is_scripting: always(bool(true)),
  }),
);
