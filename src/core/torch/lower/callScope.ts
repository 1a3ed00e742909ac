import type { ValueType } from '../../ir/model';
import type { NameAuthority } from '../../ir/nameAuthority';
import type { Attributes } from './constants';

/** What a call sees of the graph around it. */
export interface CallScope {
  readonly names: NameAuthority;
  /** The IR's value for a tensor, as it is now. */
  read(tensor: string): string;
  /** The IR's value for a size: one int64 in a list of one. */
  readSize(size: string): string;
  typeOf(tensor: string): ValueType | undefined;
  /** An input that has the size on an axis; null for a size that is none of an input's. */
  inputOfSize(symbol: string): InputAxis | null;
  /** Sizes that were turned round: numbers below 0. */
  readonly negativeSizes: Set<string>;
  /** How the tensor lies in memory, where the program says it. */
  stridesOf(tensor: string): readonly (number | null)[] | null;
}

export interface InputAxis {
  readonly value: string;
  readonly axis: number;
}

/** A node that a lowering made; its name is given when it is kept. */
export interface MadeNode {
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}
