import { indexGraph } from '../../../src/core/ir/graphIndex';
import type { Dim, Model } from '../../../src/core/ir/model';
import { inferFacts, type ValueFacts } from '../../../src/core/passes/valueFacts';
import type { DType } from '../../../src/core/tensor/dtype';
import { decodeBuilt, type AttributeSpec, type OnnxSpec, type TensorSpec } from '../../support/onnxBuilder';

/** Steps that the tests of passes share. */

export function factsOf(model: Model, bindings: Readonly<Record<string, number>> = {}): ValueFacts {
  return inferFacts(model, indexGraph(model.graph), new Map(Object.entries(bindings)));
}

export function factsOfBuilt(spec: OnnxSpec, bindings: Readonly<Record<string, number>> = {}): ValueFacts {
  return factsOf(decodeBuilt(spec), bindings);
}

export function ints(...data: number[]): TensorSpec {
  return { dtype: 'int64', dims: [data.length], data };
}

/** The number that a symbolic size stands for: the normal form read as arithmetic. */
export function sizeOf(dim: Dim, symbols: Readonly<Record<string, number>>): number | null {
  if (typeof dim !== 'string') return dim;
  const names = Object.keys(symbols);
  const compute = new Function('floor', ...names, `return ${dim};`) as (...values: unknown[]) => number;
  return compute(Math.floor, ...names.map((name) => symbols[name]));
}

/** A node run by onnxruntime: its inputs, and the dims and types that came out. */
export interface NodeCase {
  readonly op: string;
  readonly opset: number;
  readonly attrs: Readonly<Record<string, AttributeSpec>>;
  /** With `data`: a constant. */
  readonly inputs: readonly ({ readonly dtype: DType; readonly dims: readonly number[]; readonly data?: number[] } | null)[];
  readonly dims: readonly (readonly number[])[];
  readonly dtypes: readonly DType[];
}

/** A model of the one node; `rename` may turn sizes into symbols. */
export function caseModel(one: NodeCase, rename: (size: number, input: number, axis: number) => Dim): OnnxSpec {
  const inputs: Record<string, readonly [DType, readonly Dim[]]> = {};
  const initializers: Record<string, TensorSpec> = {};
  one.inputs.forEach((input, place) => {
    if (input === null) return;
    const { dtype, dims, data } = input;
    if (data !== undefined) initializers[`i${place}`] = { dtype, dims, data };
    else inputs[`i${place}`] = [dtype, dims.map((size, axis) => rename(size, place, axis))];
  });
  const attrs = Object.fromEntries(
    Object.entries(one.attrs).map(([name, value]) => [
      name,
      name === 'scales' ? { floats: value as readonly number[] } : value,
    ]),
  );
  const outputs = one.dims.map((_, place) => `o${place}`);
  return {
    opset: one.opset,
    inputs,
    initializers,
    // a type that no case has, so that nothing is learnt from the declaration
    outputs: Object.fromEntries(outputs.map((name) => [name, ['uint64', null]])),
    nodes: [{ op: one.op, inputs: one.inputs.map((input, place) => (input === null ? '' : `i${place}`)), outputs, attrs }],
  };
}
