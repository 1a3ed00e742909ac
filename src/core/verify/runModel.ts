import type { RunnerSession, RuntimeTensor } from '../ports';
import { ProblemError, raise } from '../result';
import { fromNdArray, readElements } from '../tensor/convert';
import { elementCount, type NdArray } from '../tensor/tensor';

/** Runs a loaded model on float64 arrays, which are rounded to their own type once. @throws ProblemError `failed`. */
export async function runModel(
  session: RunnerSession,
  feeds: ReadonlyMap<string, NdArray>,
): Promise<ReadonlyMap<string, NdArray>> {
  const tensors = new Map([...feeds].map(([name, array]) => [name, toRuntime(array)]));
  const results = await session.run(tensors);
  return new Map([...results].map(([name, tensor]) => [name, fromRuntime(tensor)]));
}

function toRuntime(array: NdArray): RuntimeTensor {
  return { dtype: array.dtype, dims: array.dims, bytes: fromNdArray(array).bytes() };
}

function fromRuntime({ dtype, dims, bytes }: RuntimeTensor): NdArray {
  return { dtype, dims, data: readElements(dtype, bytes, 0, elementCount(dims)) };
}

/** @throws ProblemError `cancelled` when the signal says so. */
export function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) raise('cancelled', 'The verification was cancelled.');
}

/** The sentence of what stopped a model from being computed, a problem of the model's or of sizes that don't fit it. */
export function failureOf(error: unknown): string {
  if (error instanceof ProblemError && error.problem.code !== 'cancelled') return error.message;
  // arrays of impossible or unaffordable sizes
  if (error instanceof RangeError) return `It can't be computed: ${error.message}.`;
  throw error;
}
