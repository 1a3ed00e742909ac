/** What a pickle may hold here: plain values, and what an allowed global makes of them. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleObject;

/** A list; it grows while the pickle is read. */
export interface PickleList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

export type PickleKey = string | number | boolean | null;

/** A dict, or an ordered one; it grows while the pickle is read. */
export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: Map<PickleKey, PickleValue>;
}

/** A class or function that the pickle names: never Python's own, only what the allow-list puts in its place. */
export interface PickleGlobal {
  readonly kind: 'global';
  /** "collections.OrderedDict". */
  readonly name: string;
  /** null: it is only named, and must not be called. */
  readonly call: ((args: readonly PickleValue[]) => PickleValue) | null;
  /** Called with one value that is no tuple, as PyTorch writes the members of enumerations. */
  readonly takesOne?: true;
  /** Makes an object of the class, still without its state; left out where none may be made. */
  readonly create?: () => PickleValue;
}

/** What an allowed global made; the reader of the pickle knows its content. */
export interface PickleObject {
  readonly kind: 'object';
  readonly content: unknown;
  /** Takes the object's state; an object without it has none. */
  readonly build?: (state: PickleValue) => void;
}

export function isKind<K extends 'list' | 'tuple' | 'dict' | 'global' | 'object'>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}
