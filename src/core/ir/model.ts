import type { DType } from '../tensor/dtype';
import type { Tensor } from '../tensor/tensor';

/**
 * The intermediate representation: what every later stage sees of a model, whatever file it came from.
 * Everything is readonly; a change makes a new model that shares what stayed the same.
 */

/** A size: a number, a symbol that the file names ("N"), or null where nothing is known. */
export type Dim = number | string | null;

export interface ValueType {
  readonly dtype: DType;
  /** null: the rank is not known. */
  readonly dims: readonly Dim[] | null;
}

/** A graph's input or output. */
export interface ValueInfo {
  readonly name: string;
  /** null for sequences, maps, optionals. */
  readonly type: ValueType | null;
}

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }
  /** Inside a function body: the value of the caller's attribute of that name. */
  | { readonly kind: 'reference'; readonly value: string }
  | { readonly kind: 'other'; readonly value: null };

/** Where a node comes from, so that it can be written back in its own format. */
export type Origin =
  /** A node of the file; `ref` is the format's own record of it and opaque to everybody else. */
  | { readonly kind: 'file'; readonly ref: unknown }
  /** A copy of a function's body node, made for the call node `call`. */
  | { readonly kind: 'inlined'; readonly call: Node; readonly body: Node }
  /** Made by a fusion; `provenance` goes into the file's metadata. */
  | { readonly kind: 'new'; readonly provenance: Readonly<Record<string, string>> };

export interface Node {
  /** Unique and never empty: the file's name, or one made from the op type and the position. */
  readonly name: string;
  readonly opType: string;
  /** '' is the standard operator set. */
  readonly domain: string;
  /** '' stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly origin: Origin;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Initializers that a caller may override (graph inputs with a default): not constants. */
  readonly overridable: ReadonlySet<string>;
  /** What the file says of inner values. */
  readonly valueTypes: ReadonlyMap<string, ValueType>;
}

/** A model-local function. */
export interface ModelFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributeDefaults: ReadonlyMap<string, Attribute>;
  readonly nodes: readonly Node[];
}

export type ModelFormat = 'onnx' | 'pt2' | 'torchscript' | 'checkpoint';

export interface Model {
  readonly format: ModelFormat;
  readonly graph: Graph;
  readonly functions: readonly ModelFunction[];
  /** Operator set version by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  /** The format's own record of the file, for its writer; opaque to everybody else. */
  readonly source: unknown;
}
