import { intsAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { raise } from '../result';
import { plainArray } from '../tensor/convert';
import type { NdArray } from '../tensor/tensor';

/** One node to be computed: its inputs in order (null: left out) and the version of the standard operator set. */
export interface KernelCall {
  readonly node: Node;
  readonly inputs: readonly (NdArray | null)[];
  readonly opset: number;
}

/** Computes a node's outputs in float64. @throws ProblemError `unsupported` or `bad-input`. */
export type Kernel = (call: KernelCall) => readonly NdArray[];

export type KernelTable = Readonly<Record<string, Kernel>>;

/** The input at `index`. @throws ProblemError `bad-input` where it is left out. */
export function input(call: KernelCall, index: number): NdArray {
  return call.inputs[index] ?? badInput(call.node, `needs input ${index}, which is missing`);
}

export function optionalInput(call: KernelCall, index: number): NdArray | null {
  return call.inputs[index] ?? null;
}

/** Every input that is there. */
export function presentInputs(call: KernelCall): readonly NdArray[] {
  return call.inputs.filter((array) => array !== null);
}

/** Integers that older operator sets keep in an attribute and newer ones in an input; null where neither is there. */
export function intsOf(call: KernelCall, attribute: string, index: number): readonly number[] | null {
  const array = optionalInput(call, index);
  return array === null ? intsAttribute(call.node, attribute) : plainArray(array.data);
}

/** A one-element input's number, or null. */
export function scalarInput(call: KernelCall, index: number): number | null {
  return optionalInput(call, index)?.data[0] ?? null;
}

/** The axis counted from the front. @throws ProblemError `bad-input` when it is not one of `rank` axes. */
export function normalizeAxis(node: Node, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) badInput(node, `has axis ${axis}, but its tensor has ${rank} axes`);
  return positive;
}

export function unsupported(node: Node, what: string): never {
  raise(
    'unsupported',
    `Node "${node.name}" (${node.opType}) ${what}, which the reference evaluator can't compute.`,
  );
}

export function badInput(node: Node, what: string): never {
  raise('bad-input', `Node "${node.name}" (${node.opType}) ${what}.`);
}
