import { readElements, writeElements } from '../../../src/core/tensor/convert';
import { elementCount, type NdArray } from '../../../src/core/tensor/tensor';
import type { RunnerSession, RuntimeTensor } from '../../../src/core/ports';
import { sharedRunner } from '../models';
import { ProblemError } from '../../../src/core/result';
import type { Results, Run } from './checks';

/**
 * Runs both networks on onnxruntime's wasm provider. Null where it can't run the original: then there is nothing to
 * compare with. @throws ProblemError where it can't run what was made of it.
 */
export async function runNetworks(
  models: { readonly original: Uint8Array; readonly fused: Uint8Array },
  runs: readonly Run[],
): Promise<readonly Results[] | null> {
  const originals = await runAll(models.original, runs).catch((error: unknown) => {
    if (error instanceof ProblemError) {
      if (process.env.REPLENS_VERBOSE) console.log(error.message);
      return null;
    }
    throw error;
  });
  if (originals === null) return null;
  const fused = await runAll(models.fused, runs);
  return originals.map((original, place) => ({ original, fused: fused[place]! }));
}

async function runAll(
  model: Uint8Array,
  runs: readonly Run[],
): Promise<readonly ReadonlyMap<string, NdArray>[]> {
  const session = await (await sharedRunner()).load(model);
  try {
    const results: ReadonlyMap<string, NdArray>[] = [];
    for (const run of runs) results.push(await runOnce(session, run));
    return results;
  } finally {
    await session.release();
  }
}

/** onnxruntime-web takes no values for initializers that may be overridden: it runs with those of the file. */
async function runOnce(session: RunnerSession, { x }: Run): Promise<ReadonlyMap<string, NdArray>> {
  const feeds = new Map([['x', toRuntime(x)]]);
  const outputs = await session.run(feeds);
  return new Map(
    [...outputs].map(([name, { dtype, dims, bytes }]) => {
      return [name, { dtype, dims, data: readElements(dtype, bytes, 0, elementCount(dims)) }] as const;
    }),
  );
}

function toRuntime({ dims, data }: NdArray): RuntimeTensor {
  const bytes = new Uint8Array(data.length * 4);
  writeElements('float32', data, bytes, 0);
  return { dtype: 'float32', dims, bytes };
}
