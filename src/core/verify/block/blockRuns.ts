import { evaluateGraph } from '../../eval/evaluateGraph';
import { evaluateMagnitude } from '../../eval/magnitude';
import type { KeptConstants } from '../../eval/keptConstants';
import type { Magnitude } from '../../eval/tracked';
import type { Dim } from '../../ir/model';
import { extractOnnx } from '../../onnx/extract';
import type { ModelRunner, RunnerSession } from '../../ports';
import type { NdArray } from '../../tensor/tensor';
import { failureOf, runModel } from '../runModel';
import type { Side } from '../side';

/** One form of a block: the part of a model between two values. */
export interface BlockPart {
  readonly side: Side;
  readonly source: string;
  readonly sink: string;
  /** Values that are given beside the source, by name: the attention of a dynamic convolution. */
  readonly given?: ReadonlyMap<string, NdArray>;
  /** Its weights, for a part that is computed many times; read anew for each when left out. */
  readonly constants?: KeptConstants;
}

/** A value, or one sentence why there is none. */
export type Outcome<T> = { readonly value: T } | { readonly failure: string };

/** The block's result in float64, without any rounding to speak of. */
export function exactResult(part: BlockPart, input: NdArray, signal?: AbortSignal): Outcome<NdArray> {
  return outcome(() => {
    const feeds = new Map([[part.source, input], ...(part.given ?? [])]);
    const results = evaluateGraph(part.side.model, feeds, {
      outputs: [part.sink],
      ...keptBy(part),
      ...withSignal(signal),
    });
    return results.get(part.sink) as NdArray;
  });
}

/** What the rounding of each element of the result is measured by. */
export function magnitudeOf(part: BlockPart, input: NdArray, signal?: AbortSignal): Outcome<Magnitude> {
  return outcome(() => {
    const feeds = new Map([[part.source, input], ...(part.given ?? [])]);
    const results = evaluateMagnitude(part.side.model, feeds, {
      outputs: [part.sink],
      multilinear: (part.given?.size ?? 0) > 0,
      ...keptBy(part),
      ...withSignal(signal),
    });
    return results.get(part.sink) as Magnitude;
  });
}

/** The block as a model of its own, loaded into the runtime; the source's sizes are left open. */
export async function loadPart(part: BlockPart, runner: ModelRunner): Promise<Outcome<RunnerSession>> {
  try {
    const { types } = part.side.facts;
    const source = types.get(part.source);
    const sink = types.get(part.sink);
    const input = { dtype: source?.dtype ?? 'float32', dims: openDims(source?.dims ?? null) } as const;
    const output = { dtype: sink?.dtype ?? input.dtype, dims: openDims(sink?.dims ?? null) } as const;
    const bytes = extractOnnx(
      part.side.model,
      [{ name: part.source, type: input }],
      [{ name: part.sink, type: output }],
    );
    return { value: await runner.load(bytes) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** One run of a part that `loadPart` has loaded. */
export async function runPart(
  part: BlockPart,
  session: RunnerSession,
  input: NdArray,
): Promise<Outcome<NdArray>> {
  try {
    const results = await runModel(session, new Map([[part.source, input]]));
    return { value: results.get(part.sink) as NdArray };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function openDims(dims: readonly Dim[] | null): readonly Dim[] | null {
  return dims?.map(() => null) ?? null;
}

function keptBy({ constants }: BlockPart): { readonly constants?: KeptConstants } {
  return constants === undefined ? {} : { constants };
}

/** An optional signal as an option that may be left out. */
export function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function outcome<T>(compute: () => T): Outcome<T> {
  try {
    return { value: compute() };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
