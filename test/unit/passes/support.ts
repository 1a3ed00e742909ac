import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexGraph } from '../../../src/core/ir/graphIndex';
import type { Dim, Model } from '../../../src/core/ir/model';
import { inferFacts, type ValueFacts } from '../../../src/core/passes/valueFacts';
import { toNdArray } from '../../../src/core/tensor/convert';
import type { Tensor } from '../../../src/core/tensor/tensor';
import type { DType } from '../../../src/core/tensor/dtype';
import {
  decodeBuilt,
  decodeBytes,
  type AttributeSpec,
  type OnnxSpec,
  type TensorSpec,
} from '../../support/onnxBuilder';

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
  readonly inputs: readonly ({
    readonly dtype: DType;
    readonly dims: readonly number[];
    readonly data?: number[];
  } | null)[];
  readonly dims: readonly (readonly number[])[];
  readonly dtypes: readonly DType[];
}

/** A model of the one node; `rename` may turn sizes into symbols. */
export function caseModel(
  one: NodeCase,
  rename: (size: number, input: number, axis: number) => Dim,
): OnnxSpec {
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
    nodes: [
      {
        op: one.op,
        inputs: one.inputs.map((input, place) => (input === null ? '' : `i${place}`)),
        outputs,
        attrs,
      },
    ],
  };
}

/** A model of test/fixtures/passes. */
export function fixtureModel(name: string): Model {
  return decodeBytes(new Uint8Array(readFileSync(join(__dirname, '../../fixtures/passes', name))), name);
}

/** The shape chain that exporters write for x.view(x.shape[0], -1) and x.reshape(n, c·h, w). */
export const SHAPE_CHAIN: OnnxSpec = {
  inputs: { x: ['float32', ['N', 12, 'H', 'W']] },
  outputs: { flat: ['float32', null], rows: ['float32', null], grid: ['float32', null] },
  initializers: {
    zero: { dtype: 'int64', dims: [], data: [0] },
    two: { dtype: 'int64', dims: [], data: [2] },
    first: ints(0),
    minusOne: ints(-1),
    three: ints(3),
    four: ints(4),
  },
  nodes: [
    { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
    { op: 'Gather', inputs: ['shape', 'zero'], outputs: ['n'] },
    { op: 'Unsqueeze', inputs: ['n', 'first'], outputs: ['n1'] },
    { op: 'Concat', inputs: ['n1', 'minusOne'], outputs: ['target'], attrs: { axis: 0 } },
    { op: 'Reshape', inputs: ['x', 'target'], outputs: ['flat'] },
    { op: 'Gather', inputs: ['shape', 'two'], outputs: ['h'] },
    { op: 'Cast', inputs: ['h'], outputs: ['h64'], attrs: { to: 7 } },
    { op: 'Mul', inputs: ['h64', 'three'], outputs: ['h3'] },
    { op: 'Slice', inputs: ['shape', 'three', 'four', 'first'], outputs: ['w1'] },
    { op: 'Concat', inputs: ['n1', 'four', 'h3', 'w1'], outputs: ['rowShape'], attrs: { axis: 0 } },
    { op: 'Reshape', inputs: ['x', 'rowShape'], outputs: ['rows'] },
    { op: 'ConstantOfShape', inputs: ['rowShape'], outputs: ['grid'] },
  ],
};

/** The elements of a constant that must be there. */
export function numbers(tensor: Tensor | undefined): number[] {
  assert.ok(tensor);
  return Array.from(toNdArray(tensor).data);
}
