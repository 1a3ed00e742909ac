import { isObject, listIn, whole, floating, type Json, type JsonObject } from './taggedJson';

/** A call as the file's JSON has it, and its arguments as they are written. */

/** Names of the values that a call reads, in order; those within a graph that it runs are that graph's own. */
export function readsOf(call: JsonObject): readonly string[] {
  return listIn(call, 'inputs').flatMap((input) => (isObject(input) ? namesIn(input.arg) : []));
}

/** Names of the values that a call makes. */
export function makesOf(call: JsonObject): readonly string[] {
  return listIn(call, 'outputs').flatMap(namesIn);
}

/** Names of values in an argument: of tensors, lists of them, and sizes. */
export function namesIn(argument: Json | undefined): readonly string[] {
  if (Array.isArray(argument)) return (argument as readonly Json[]).flatMap(namesIn);
  if (!isObject(argument)) return [];
  return Object.entries(argument).flatMap(([key, value]) => {
    if (isName(key)) return typeof value === 'string' ? [value] : [];
    return key === 'as_graph' ? [] : namesIn(value);
  });
}

/** The argument with other names. */
export function renamed(argument: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(argument)) return (argument as readonly Json[]).map((one) => renamed(one, names));
  if (!isObject(argument)) return argument;
  return Object.fromEntries(
    Object.entries(argument).map(([key, value]) => {
      if (isName(key) && typeof value === 'string') return [key, names.get(value) ?? value];
      return [key, key === 'as_graph' ? value : renamed(value, names)];
    }),
  );
}

/** The call with other names for what it reads. */
export function withReads(call: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const inputs = listIn(call, 'inputs').map((input) =>
    isObject(input) && input.arg !== undefined ? { ...input, arg: renamed(input.arg, names) } : input,
  );
  return { ...call, inputs };
}

const isName = (key: string): boolean => key === 'name' || key === 'as_name';

/** A size: a number, or the name of a value that is one. */
export type WrittenSize = number | { readonly name: string };

export const tensor = (name: string): Json => ({ as_tensor: { name } });
export const tensors = (names: readonly string[]): Json => ({ as_tensors: names.map((name) => ({ name })) });
export const none: Json = { as_none: true };
export const int = (value: number): Json => ({ as_int: whole(value) });
export const ints = (values: readonly number[]): Json => ({ as_ints: values.map(whole) });
export const flag = (value: boolean): Json => ({ as_bool: value });
export const float = (value: number): Json => ({ as_float: floating(value) });

export function sizes(values: readonly WrittenSize[]): Json {
  const numbers = values.filter((size) => typeof size === 'number');
  if (numbers.length === values.length) return ints(numbers);
  return {
    as_sym_ints: values.map((size) =>
      typeof size === 'number' ? { as_int: whole(size) } : { as_name: size.name },
    ),
  };
}
