import type { Geometry } from '../../algebra/geometry/geometry';
import type { KernelExpr } from '../../algebra/kernel/kernelExpr';
import type { Family } from '../../detect/family';
import type { DType } from '../../tensor/dtype';

/** The part of a plan that replaces a dynamic convolution: nodes and tensors by local names (`#bank`). Data only, like the rest. */
export interface DynamicStep {
  readonly kind: 'dynamic';
  readonly id: string;
  readonly family: Family;
  readonly source: string;
  readonly sink: string;
  /** Names of the nodes that go, in topological order. */
  readonly remove: readonly string[];
  readonly modulePath: string;
  readonly dtype: DType;
  readonly nodes: readonly NodeTemplate[];
  readonly tensors: readonly TensorTemplate[];
}

export interface NodeTemplate {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly int?: Readonly<Record<string, number>>;
}

export interface TensorTemplate {
  readonly name: string;
  readonly dims: readonly number[];
  readonly content: TensorContent;
}

export type TensorContent =
  /** Kernels on one lattice, one part after the other, or group by group: the first group of each part, then the second. */
  | {
      readonly kind: 'kernels';
      readonly parts: readonly KernelExpr[];
      readonly geometry: Geometry;
      readonly byGroup: boolean;
    }
  /** The parts' responses to zero, in the same order; all of it `repeat` times. */
  | {
      readonly kind: 'biases';
      readonly parts: readonly KernelExpr[];
      readonly groups: number;
      readonly repeat: number;
    }
  | { readonly kind: 'numbers'; readonly dtype: DType; readonly values: readonly number[] };

/** Local names begin so: they are replaced by names that are free in the graph. */
export const LOCAL = '#';

/** The nodes and tensors that an aggregation is written as. */
export interface Emission {
  readonly nodes: readonly NodeTemplate[];
  readonly tensors: readonly TensorTemplate[];
}

export function integers(name: string, values: readonly number[]): TensorTemplate {
  return { name, dims: [values.length], content: { kind: 'numbers', dtype: 'int64', values } };
}
