import assert from 'node:assert/strict';
import { evaluateNode } from '../../../src/core/eval/evaluateNode';
import { roundingBound } from '../../../src/core/eval/rounding';
import type { ModelRunner, RuntimeTensor } from '../../../src/core/ports';
import { readElements, writeElements } from '../../../src/core/tensor/convert';
import { bytesPerElement, isFloat, unitRoundoff, type DType } from '../../../src/core/tensor/dtype';
import { elementCount, type NdArray } from '../../../src/core/tensor/tensor';
import { createWasmRunner } from '../../../src/runtime/wasmRunner';
import { buildOnnx, decodeBuilt, type AttributeSpec, type OnnxSpec } from '../../support/onnxBuilder';

/** One node, computed by onnxruntime in float32 and by the evaluator in float64, must agree. */
export interface Case {
  readonly name?: string;
  readonly op: string;
  readonly opset?: number;
  readonly inputs: readonly (NdArray | null)[];
  readonly attrs?: Readonly<Record<string, AttributeSpec>>;
  /** How many outputs are asked for. */
  readonly outputs?: number;
  /** Inputs that onnxruntime wants as initializers. */
  readonly constants?: readonly number[];
  /**
   * Roundings behind one output element: the tolerance is γ_n(2⁻²⁴) times `scale`. 0: every bit must agree.
   * For a sum of k products any order of summation gives n = k + 1 (with a bias).
   */
  readonly roundings: number;
  /**
   * What the roundings are relative to: `terms`: the node computed on the sizes of its inputs (sums, where
   * terms may cancel); `largest`: the largest output; a number: that.
   */
  readonly scale?: 'terms' | 'largest' | number;
}

let shared: Promise<ModelRunner> | null = null;

/** One runtime for all specs: its wasm is instantiated once a process anyway. */
export function wasmRunner(): Promise<ModelRunner> {
  shared ??= createWasmRunner();
  return shared;
}

export function caseSpec(one: Case): OnnxSpec {
  const outputs = outputNames(one);
  const fed = (index: number) => one.constants?.includes(index) !== true;
  const named = one.inputs.flatMap((array, i) => (array === null ? [] : [[`x${i}`, array, i] as const]));
  const node = {
    name: 'node',
    op: one.op,
    inputs: one.inputs.map((array, i) => (array === null ? '' : `x${i}`)),
    outputs,
  };
  return {
    opset: one.opset ?? 17,
    irVersion: 10,
    inputs: Object.fromEntries(
      named.filter(([, , i]) => fed(i)).map(([name, a]) => [name, [a.dtype, a.dims]]),
    ),
    initializers: Object.fromEntries(named.filter(([, , i]) => !fed(i)).map(([name, a]) => [name, a])),
    nodes: [{ ...node, ...(one.attrs === undefined ? {} : { attrs: one.attrs }) }],
  };
}

function outputNames(one: Case): string[] {
  return Array.from({ length: one.outputs ?? 1 }, (_, i) => `y${i}`);
}

/** The node through the evaluator. */
export function evaluateCase(one: Case): readonly NdArray[] {
  const spec = caseSpec(one);
  const model = decodeBuilt({
    ...spec,
    outputs: Object.fromEntries(outputNames(one).map((y) => [y, ['float32', null]])),
  });
  return evaluateNode(model.graph.nodes[0]!, one.inputs, { opset: one.opset ?? 17 });
}

/** Declares a test that runs the case both ways. */
export function agrees(one: Case): void {
  it(one.name ?? describeCase(one), async () => {
    const expected = evaluateCase(one);
    const spec = caseSpec(one);
    const outputs = outputNames(one).map((y, i) => [y, [expected[i]!.dtype, null]] as const);
    const results = await runModel(
      buildOnnx({ ...spec, outputs: Object.fromEntries(outputs) }),
      fedInputs(one),
    );
    outputNames(one).forEach((y, i) => {
      assertClose(fromRuntime(results.get(y)!), expected[i]!, toleranceOf(one, expected[i]!, i), y);
    });
  });
}

function describeCase(one: Case): string {
  const shapes = one.inputs.map((array) => (array === null ? '-' : `[${array.dims.join()}]`)).join(' ');
  return `${one.op}-${one.opset ?? 17} ${JSON.stringify(one.attrs ?? {})} ${shapes}`;
}

function fedInputs(one: Case): Map<string, NdArray> {
  const feeds = new Map<string, NdArray>();
  one.inputs.forEach((array, i) => {
    if (array !== null && one.constants?.includes(i) !== true) feeds.set(`x${i}`, array);
  });
  return feeds;
}

/** Runs a model on the wasm provider. */
export async function runModel(
  bytes: Uint8Array,
  feeds: ReadonlyMap<string, NdArray>,
): Promise<ReadonlyMap<string, RuntimeTensor>> {
  const session = await (await wasmRunner()).load(bytes);
  try {
    return await session.run(new Map([...feeds].map(([name, array]) => [name, toRuntime(array)])));
  } finally {
    await session.release();
  }
}

export function toRuntime(array: NdArray): RuntimeTensor {
  const bytes = new Uint8Array(array.data.length * bytesPerElement(array.dtype));
  writeElements(array.dtype, array.data, bytes, 0);
  return { dtype: array.dtype, dims: array.dims, bytes };
}

export function fromRuntime(tensor: RuntimeTensor): NdArray {
  return { ...tensor, data: readElements(tensor.dtype, tensor.bytes, 0, elementCount(tensor.dims)) };
}

/** Per element: γ_n of float32 times the scale. */
function toleranceOf(one: Case, expected: NdArray, output: number): Float64Array {
  const gamma = roundingBound(one.roundings, unitRoundoff('float32'));
  if (one.scale === 'terms') {
    const sizes = one.inputs.map((array) => {
      return array === null || !isFloat(array.dtype) ? array : { ...array, data: array.data.map(Math.abs) };
    });
    return evaluateCase({ ...one, inputs: sizes })[output]!.data.map((size) => gamma * size);
  }
  const largest = expected.data.reduce(
    (most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0),
    0,
  );
  const scale = typeof one.scale === 'number' ? one.scale : largest;
  return expected.data.map(() => gamma * scale);
}

export function assertClose(actual: NdArray, expected: NdArray, tolerance: Float64Array, name: string): void {
  assert.equal(actual.dtype, expected.dtype, `${name}: type`);
  assert.deepEqual(actual.dims, expected.dims, `${name}: shape`);
  assert.equal(expected.data.length, elementCount(expected.dims), `${name}: number of elements`);
  actual.data.forEach((value, i) => {
    const wanted = expected.data[i]!;
    if (Object.is(value, wanted) || value === wanted) return;
    const distance = Math.abs(value - wanted);
    assert.ok(
      distance <= tolerance[i]!,
      `${name}[${i}]: runtime ${value}, evaluator ${wanted}, allowed ${tolerance[i]}`,
    );
  });
}

/** Seeded numbers, so that a failure can be run again: uniform in [low, high), rounded to float32. */
export function random(dims: readonly number[], low = -2, high = 2, dtype: DType = 'float32'): NdArray {
  const data = Float64Array.from({ length: elementCount(dims) }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const value = low + ((high - low) * seed) / 2 ** 32;
    return dtype === 'float32' ? Math.fround(value) : Math.floor(value);
  });
  return { dtype, dims, data };
}

let seed = 20240229;

export function int64(...values: readonly number[]): NdArray {
  return { dtype: 'int64', dims: [values.length], data: Float64Array.from(values) };
}

export function float32(dims: readonly number[], ...values: readonly number[]): NdArray {
  return { dtype: 'float32', dims, data: Float64Array.from(values, Math.fround) };
}

export function typed(dtype: DType, dims: readonly number[], ...values: readonly number[]): NdArray {
  return { dtype, dims, data: Float64Array.from(values) };
}
