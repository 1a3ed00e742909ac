import type { Argument, Size } from '../torch/program/atenGraph';
import { elementType } from './elementTypes';
import { SIGNATURES } from './signatures';
import type { Value } from './values';

/** A call of ATen with its arguments by name. */
export interface BoundCall {
  readonly overload: string;
  /** Each result: T a tensor, L a list of tensors. */
  readonly results: string;
  readonly args: ReadonlyMap<string, Argument>;
}

interface Parameter {
  readonly name: string;
  readonly kind: string;
  readonly optional: boolean;
  readonly hasDefault: boolean;
  readonly byName: boolean;
}

interface Overload {
  readonly name: string;
  readonly results: string;
  readonly parameters: readonly Parameter[];
}

const TABLE: ReadonlyMap<string, readonly Overload[]> = new Map(
  SIGNATURES.trim()
    .split('\n')
    .map((line) => {
      const [name = '', overloads = ''] = line.split(' = ');
      return [name, overloads.split(' | ').map(parseOverload)];
    }),
);

function parseOverload(text: string): Overload {
  const [head = '', ...parameters] = text.trim().split(' ');
  const [name = '', results = ''] = head.split('>');
  return {
    name,
    results,
    parameters: parameters.map((parameter) => {
      const [own = '', kind = ''] = parameter.split(':');
      const [letter = ''] = kind;
      const has = (mark: string): boolean => kind.includes(mark);
      return { name: own, kind: letter, optional: has('?'), hasDefault: has('='), byName: has('*') };
    }),
  };
}

/** Whether the arguments of a call are known by name. @param op "conv2d"; of one that writes in place without the underscore, too. */
export function hasSignature(op: string): boolean {
  return overloadsOf(op) !== undefined;
}

function overloadsOf(op: string): readonly Overload[] | undefined {
  return TABLE.get(op) ?? (op.endsWith('_') ? TABLE.get(op.slice(0, -1)) : undefined);
}

/** The first overload that takes the values; null where none does. An unknown call takes them as "arg0", "arg1" …. */
export function bindArguments(
  op: string,
  values: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
): BoundCall | null {
  const overloads = overloadsOf(op);
  if (overloads === undefined) return unknownCall(values, keywords);
  for (const overload of overloads) {
    const args = bind(overload.parameters, values, keywords);
    if (args !== null) return { overload: overload.name, results: overload.results, args };
  }
  return null;
}

function bind(
  parameters: readonly Parameter[],
  values: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Argument> | null {
  if (values.length > parameters.filter(({ byName }) => !byName).length) return null;
  const args = new Map<string, Argument>();
  let named = 0;
  for (const [place, parameter] of parameters.entries()) {
    const keyword = keywords.get(parameter.name);
    if (keyword !== undefined) named += 1;
    const value = values[place] ?? keyword;
    if (value === undefined && parameter.hasDefault) continue;
    // a keyword-only argument that may be None is often left out
    if (value === undefined && parameter.optional) continue;
    const argument = value === undefined ? null : convert(value, parameter);
    if (argument === null) return null;
    args.set(parameter.name, argument);
  }
  return named === keywords.size ? args : null;
}

function convert(value: Value, { kind, optional }: Parameter): Argument | null {
  if (value.kind === 'none') return optional || kind === 'o' ? { kind: 'none' } : null;
  return CONVERSIONS[kind]?.(value) ?? null;
}

const CONVERSIONS: Readonly<Record<string, (value: Value) => Argument | null>> = {
  T: (value) => (value.kind === 'tensor' ? { kind: 'tensor', name: value.name } : null),
  L: tensors,
  i: (value) => whole(value),
  f: (value) =>
    value.kind === 'int' || value.kind === 'float' ? { kind: 'float', value: value.value } : null,
  n: (value) => (value.kind === 'float' || value.kind === 'bool' ? value : whole(value)),
  b: (value) => (value.kind === 'bool' ? value : null),
  t: (value) => (value.kind === 'text' ? value : null),
  I: (value) => sizes(value),
  F: (value) => numbers(value),
  B: (value) => flags(value),
  d: (value) => (value.kind === 'int' ? { kind: 'dtype', value: elementType(value.value) } : null),
  o: (value) => (value.kind === 'tensor' || value.kind === 'list' ? null : { kind: 'other' }),
};

function whole(value: Value): Argument | null {
  return value.kind === 'int' || value.kind === 'size' ? value : null;
}

function itemsOf(value: Value): readonly Value[] | null {
  return value.kind === 'list' || value.kind === 'tuple' ? value.items : null;
}

function tensors(value: Value): Argument | null {
  const names = itemsOf(value)?.map((item) =>
    item.kind === 'tensor' ? item.name : item.kind === 'none' ? null : undefined,
  );
  const given = names?.filter((name) => name !== undefined);
  return given !== undefined && given.length === names?.length ? { kind: 'tensors', names: given } : null;
}

/** A single number stands for a list of it. */
function sizes(value: Value): Argument | null {
  const items = itemsOf(value) ?? [value];
  const found = items.flatMap((item): Size[] =>
    item.kind === 'int' ? [item.value] : item.kind === 'size' ? [{ symbol: item.name }] : [],
  );
  return found.length === items.length ? { kind: 'ints', value: found } : null;
}

function numbers(value: Value): Argument | null {
  const items = itemsOf(value);
  const found = items?.flatMap((item) => (item.kind === 'float' || item.kind === 'int' ? [item.value] : []));
  return found !== undefined && found.length === items?.length ? { kind: 'floats', value: found } : null;
}

function flags(value: Value): Argument | null {
  const items = itemsOf(value);
  const found = items?.flatMap((item) => (item.kind === 'bool' ? [item.value] : []));
  return found !== undefined && found.length === items?.length ? { kind: 'bools', value: found } : null;
}

function unknownCall(values: readonly Value[], keywords: ReadonlyMap<string, Value>): BoundCall {
  const named = [...values.map((value, place) => [`arg${place}`, value] as const), ...keywords];
  const args = new Map(named.map(([name, value]) => [name, anyArgument(value)]));
  return { overload: '', results: 'T', args };
}

function anyArgument(value: Value): Argument {
  if (value.kind === 'none') return { kind: 'none' };
  for (const kind of 'TLntIFB') {
    const argument = CONVERSIONS[kind]?.(value);
    if (argument !== null && argument !== undefined) return argument;
  }
  return { kind: 'other' };
}
