import type { ValueType } from '../../ir/model';
import type { DType } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';

/** A graph of ATen calls, whatever kind of file it came from: what is lowered to the IR. */

/** A size in a call: a number, or the name of a value that is one. */
export type Size = number | { readonly symbol: string };

export type Argument =
  | { readonly kind: 'none' }
  | { readonly kind: 'tensor'; readonly name: string }
  /** A list of tensors; null: one that is left out. */
  | { readonly kind: 'tensors'; readonly names: readonly (string | null)[] }
  /** A size by name. */
  | { readonly kind: 'size'; readonly name: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly Size[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'bools'; readonly value: readonly boolean[] }
  | { readonly kind: 'dtype'; readonly value: DType }
  | { readonly kind: 'graph'; readonly value: AtenGraph }
  /** What no lowering needs: devices, memory formats, layouts, custom objects. */
  | { readonly kind: 'other' };

export interface AtenNode {
  /** Unique in its graph: the name of its first output. */
  readonly name: string;
  /** "aten.conv2d", "aten.relu_", "_operator.mul". */
  readonly target: string;
  /** "default", "Tensor", "padding"; '' where it has none. */
  readonly overload: string;
  readonly args: ReadonlyMap<string, Argument>;
  readonly outputs: readonly Argument[];
  /** The module that called it, "blocks.0.conv"; '' for the model itself. */
  readonly module: string;
}

export interface AtenGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly Argument[];
  readonly nodes: readonly AtenNode[];
  readonly types: ReadonlyMap<string, ValueType>;
  /** How tensors lie in memory, in elements; null for a step that is open. Left out where the file does not say. */
  readonly strides?: ReadonlyMap<string, readonly (number | null)[]>;
}

/** A whole program: the graph, and what its inputs that are no user's hold. */
export interface AtenProgram {
  readonly graph: AtenGraph;
  /** Inputs that a caller gives, with their types. */
  readonly userInputs: readonly string[];
  /** Outputs that a caller gets. */
  readonly userOutputs: readonly string[];
  /** Parameters, buffers and constants by the graph's name for them. */
  readonly held: ReadonlyMap<string, HeldTensor>;
  readonly producer: string;
  /** The major version of its schema. */
  readonly schema: number;
}

export interface HeldTensor {
  /** As the state dict has it: "blocks.0.conv.weight". */
  readonly label: string;
  readonly tensor: Tensor;
}
