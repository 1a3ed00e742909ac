import { isFloat } from '../tensor/dtype';
import type { Argument } from '../torch/program/atenGraph';
import type { Builtin, BuiltinScope } from './builtin';
import { listBuiltins } from './listBuiltins';
import { numberBuiltins, numberOf } from './numberBuiltins';
import { formatted, textOf } from './textBuiltins';
import { bool, int, list, NONE, OTHER, type ListValue, type Value } from './values';

/** Calls that a script makes on numbers, sizes and lists, not on tensors' elements: done while it is followed. */

/** The call's value; null where it is none of these, or its arguments are of another kind. @param name "len", "prim.NumToTensor". */
export function builtin(name: string, args: readonly Value[], scope: BuiltinScope): Value | null {
  return BUILTINS.get(name)?.(args, scope) ?? null;
}

/** Of numbers and texts; a size that is open makes the answer unknown. */
const comparison =
  (holds: (a: number | string, b: number | string) => boolean): Builtin =>
  ([a, b], scope) => {
    if (a === undefined || b === undefined) return null;
    if (a.kind === 'text' && b.kind === 'text') return bool(holds(a.value, b.value));
    if (a.kind === 'other' || b.kind === 'other') return OTHER;
    if (a.kind === 'size' || b.kind === 'size') return OTHER;
    if (a.kind === 'list' && b.kind === 'list') return sameItems(a, b, holds, scope);
    if (a.kind === 'tensor' && b.kind === 'tensor') return null;
    const [x, y] = [numberOf(a, scope), numberOf(b, scope)];
    return x === null || y === null ? null : bool(holds(x, y));
  };

/** Of lists of numbers or texts; of others nothing is said. */
function sameItems(
  a: ListValue,
  b: ListValue,
  holds: (a: string, b: string) => boolean,
  { work }: BuiltinScope,
): Value {
  work.spend(a.items.length + b.items.length);
  const [x = [], y = []] = [a, b].map(({ items }) =>
    items.flatMap((item) => ('value' in item ? [item.value] : [])),
  );
  return x.length === a.items.length && y.length === b.items.length
    ? bool(holds(JSON.stringify(x), JSON.stringify(y)))
    : OTHER;
}

/** Whether two are one thing. Of tensors and lists nobody can tell: PyTorch may make two that are alike one. */
const same =
  (negated: boolean): Builtin =>
  ([a, b]) => {
    if (a === undefined || b === undefined || a.kind === 'other' || b.kind === 'other') return OTHER;
    if (a.kind !== b.kind || a.kind === 'none') return bool((a.kind === b.kind) !== negated);
    if ('value' in a && 'value' in b) return bool((a.value === b.value) !== negated);
    return a === b ? bool(!negated) : OTHER;
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
  if (of?.kind === 'list' && of.open !== undefined) return null;
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

const truth =
  (decide: (a: boolean, b: boolean) => boolean): Builtin =>
  ([a, b]) => {
    if (a?.kind === 'other' || b?.kind === 'other') return OTHER;
    return a?.kind === 'bool' && b?.kind === 'bool' ? bool(decide(a.value, b.value)) : null;
  };

const not: Builtin = ([a]) => (a?.kind === 'other' ? OTHER : a?.kind === 'bool' ? bool(!a.value) : null);

const itself: Builtin = ([value]) => value ?? null;
const always =
  (value: Value): Builtin =>
  () =>
    value;

const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries<Builtin>({
    ...numberBuiltins,
    ...listBuiltins,
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
    len: (args, scope) =>
      args[0]?.kind === 'dict' ? (listBuiltins.len?.(args, scope) ?? null) : len(args, scope),
    dim,
    numel,
    size,
    format: formatted,
    is_floating_point: ([of], { program }) =>
      of?.kind === 'tensor' ? bool(isFloat(program.typeOf(of.name)?.dtype ?? 'float32')) : null,
    warn: always(NONE),
    'prim.NumToTensor': itself,
    'prim.device': always(OTHER),
    'prim.is_cuda': always(bool(false)),
    'prim.layout': always(OTHER),
    'prim.unchecked_unwrap_optional': itself,
    bool: ([value], scope) => {
      if (value?.kind === 'other' || value?.kind === 'size') return OTHER;
      const number = numberOf(value, scope);
      return number === null ? null : bool(number !== 0);
    },
    str: ([value]) => textOf(value) ?? OTHER,
    unchecked_unwrap_optional: itself,
    is_grad_enabled: always(bool(false)),
    is_scripting: always(bool(true)),
  }),
);
