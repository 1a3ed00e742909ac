import type { ScriptObject } from './scriptObject';

/** What a name of the script stands for while it is followed: numbers are known, tensors are names of the program. */
export type Value =
  | { readonly kind: 'none' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | ListValue
  | DictValue
  /** `names` of a named tuple's items. */
  | { readonly kind: 'tuple'; readonly items: readonly Value[]; readonly names?: readonly string[] }
  | { readonly kind: 'tensor'; readonly name: string }
  /** A size that is open: a value of the program. */
  | { readonly kind: 'size'; readonly name: string }
  | { readonly kind: 'module'; readonly object: ScriptObject; readonly path: string }
  /** A dotted name that is no variable: torch.conv2d, __torch__.torch.nn.functional.relu, CONSTANTS.c0. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'method'; readonly of: Value; readonly name: string }
  /** What stands behind `with`: the name of its class and what it was made with. */
  | { readonly kind: 'context'; readonly className: string; readonly args: Value[] }
  /** What no lowering needs: devices, layouts; or what is not known, such as the sizes of a tensor whose rank is not. */
  | { readonly kind: 'other'; readonly sizesOf?: string };

export interface ListValue {
  readonly kind: 'list';
  /** Grows where the script appends to it. */
  readonly items: Value[];
  /** Of an input of which the file does not say how many tensors it holds: its name. */
  readonly open?: string;
}

export interface DictValue {
  readonly kind: 'dict';
  /** In the order in which they were put in. */
  readonly entries: Map<string, { readonly key: Value; readonly value: Value }>;
  /** Of an input of which the file does not say its keys: its name. */
  readonly open?: string;
}

/** What tells a dict's keys apart; null for a value that is no key. */
export function keyOf(value: Value | undefined): string | null {
  if (value?.kind === 'text') return `text ${value.value}`;
  return value?.kind === 'int' || value?.kind === 'bool' || value?.kind === 'float'
    ? `number ${Number(value.value)}`
    : null;
}

export const NONE: Value = { kind: 'none' };
export const OTHER: Value = { kind: 'other' };
export const int = (value: number): Value => ({ kind: 'int', value });
export const bool = (value: boolean): Value => ({ kind: 'bool', value });
export const float = (value: number): Value => ({ kind: 'float', value });
export const list = (items: readonly Value[]): ListValue => ({ kind: 'list', items: [...items] });

/** For a sentence. */
export function described(value: Value): string {
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'tensor':
      return 'a tensor';
    case 'size':
      return 'a size that is not known';
    case 'path':
      return `"${value.path}"`;
    case 'bool':
    case 'int':
    case 'float':
      return String(value.value);
    case 'other':
      return 'a value that is not known';
    default:
      return `a ${value.kind}`;
  }
}
