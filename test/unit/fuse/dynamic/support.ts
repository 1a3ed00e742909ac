import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../../../../src/core/detect/block';
import type { Detection } from '../../../../src/core/detect/detect';
import { evaluateGraph } from '../../../../src/core/eval/evaluateGraph';
import { evaluateMagnitude } from '../../../../src/core/eval/magnitude';
import { roundingBound } from '../../../../src/core/eval/rounding';
import type { Model } from '../../../../src/core/ir/model';
import { joinChunks } from '../../../../src/core/onnx/chunks';
import { extractOnnx } from '../../../../src/core/onnx/extract';
import { encodeModel, fuseModel } from '../../../../src/core/pipeline';
import { unwrap } from '../../../../src/core/result';
import { elementCount, type NdArray } from '../../../../src/core/tensor/tensor';
import { detectBytes, FIXTURES, runWasm } from '../../../support/models';

/** Unit roundoff of float32, the type of every fixture but the half-precision ones. */
export const FLOAT32 = 2 ** -24;

export function fixture(name: string): Detection {
  return detectBytes(readFileSync(join(FIXTURES, 'dynamic', name)), name);
}

/** The fused model as a file. */
export function fusedBytes(detection: Detection, batchFree = false): Uint8Array {
  const { model } = unwrap(fuseModel(detection, undefined, { batchFree }));
  return joinChunks(unwrap(encodeModel(model)).main);
}

/** The model fused, written and read again. */
export function fused(detection: Detection, batchFree = false): Detection {
  return detectBytes(fusedBytes(detection, batchFree));
}

/** A bounded float32 array that repeats nowhere. */
export function wave(dims: readonly number[], phase = 1): NdArray {
  const data = Float64Array.from({ length: elementCount(dims) }, (_, i) =>
    Math.fround(Math.sin(phase + i * 1.7) * 1.5),
  );
  return { dtype: 'float32', dims, data };
}

/** An input of the model; `open` stands for sizes that the file leaves open, batch first. */
export function inputOf({ analysis }: Detection, open: readonly number[] = [2, 10, 12]): NdArray {
  const [input] = analysis.model.graph.inputs;
  let place = 0;
  return wave((input?.type?.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : (open[place++] ?? 8))));
}

export function output(model: Model, feeds: ReadonlyMap<string, NdArray>, name = 'y'): NdArray {
  return evaluateGraph(model, feeds, { outputs: [name] }).get(name) as NdArray;
}

/**
 * What a dynamic block reads: its images as the model makes them, and weights that differ from kernel to kernel and from
 * sample to sample (an attention at T = 30 hardly tells its kernels apart), adding up to 1 where the attention's do.
 */
export function blockFeeds({ analysis }: Detection, block: Block, x: NdArray): ReadonlyMap<string, NdArray> {
  const { source } = block.region;
  const { value = '', count = 1, sumsToOne = false } = block.dynamic?.description.attention ?? {};
  const found = evaluateGraph(analysis.model, new Map([['x', x]]), { outputs: [source, value] });
  const images = found.get(source) as NdArray;
  const { dims } = found.get(value) as NdArray;
  const raw = wave(dims, 5).data.map((weight) => 2 + weight);
  const data = raw.map((weight, at) => {
    const start = Math.floor(at / count) * count;
    const total = raw.slice(start, start + count).reduce((sum, one) => sum + one, 0);
    return sumsToOne ? weight / total : weight;
  });
  return new Map([
    [source, images],
    [value, { dtype: 'float32', dims, data }],
  ]);
}

/**
 * How many times the rounding bound two forms of a block differ by in float64, weights fed beside the images:
 * |Δ| ≤ γ₂(2⁻²⁴) · S, S the fused block on magnitudes. Each number of the bank is computed in float64 and rounded once, which
 * is γ₁; the second rounding leaves room for the float64 evaluations themselves, 2⁻⁵³ a term.
 */
export function boundRatio(
  original: Model,
  merged: Model,
  feeds: ReadonlyMap<string, NdArray>,
  sink: string,
): number {
  const was = output(original, feeds, sink);
  const is = output(merged, feeds, sink);
  if (was.dims.join() !== is.dims.join())
    throw new Error(`the fused block makes ${is.dims.join('×')}, not ${was.dims.join('×')}`);
  const size = magnitude(merged, feeds, sink).magnitude.data;
  const gamma = roundingBound(2, FLOAT32);
  return was.data.reduce(
    (worst, value, at) =>
      Math.max(worst, Math.abs(value - (is.data[at] as number)) / (gamma * (size[at] as number))),
    0,
  );
}

function magnitude(model: Model, feeds: ReadonlyMap<string, NdArray>, sink: string) {
  const found = evaluateMagnitude(model, feeds, { outputs: [sink], multilinear: true }).get(sink);
  if (found === undefined) throw new Error(`no bound for ${sink}`);
  return found;
}

/**
 * How many times its own rounding bound a block's run on wasm is off its float64 value: γ_{products + depth}(2⁻²⁴) · S,
 * S the fused block on magnitudes.
 */
export async function wasmRatio(
  model: Model,
  feeds: ReadonlyMap<string, NdArray>,
  sink: string,
): Promise<number> {
  const type = (dims: readonly number[]) => ({ dtype: 'float32', dims }) as const;
  const inputs = [...feeds].map(([name, { dims }]) => ({ name, type: type(dims) }));
  // the runtime reads float32, so what it is fed must be float32 for float64 too
  const rounded = new Map(
    [...feeds].map(([name, array]) => [name, { ...array, data: array.data.map(Math.fround) }]),
  );
  const exact = output(model, rounded, sink);
  const bytes = extractOnnx(model, inputs, [{ name: sink, type: type(exact.dims) }]);
  const run = (await runWasm(bytes, Object.fromEntries(rounded))).get(sink) as NdArray;
  const { magnitude: size, products, depth } = magnitude(model, rounded, sink);
  const gamma = roundingBound(products + depth, FLOAT32);
  return run.data.reduce(
    (worst, value, at) =>
      Math.max(worst, Math.abs(value - (exact.data[at] as number)) / (gamma * (size.data[at] as number))),
    0,
  );
}

export function opCount(model: Model, opType: string): number {
  return model.graph.nodes.filter((node) => node.opType === opType).length;
}
