import type { DType } from '../../tensor/dtype';
import { elementCount, type NdArray } from '../../tensor/tensor';
import { DISTRIBUTIONS, drawInput, type Distribution } from '../distributions';
import { seededRandom } from '../random';

/** One input of a block. */
export interface Probe {
  readonly distribution: Distribution;
  readonly dims: readonly number[];
  readonly input: NdArray;
}

/** Shown at every shape: between them they show every tap and the border; the others take turns. */
const AT_EVERY_SHAPE: readonly Distribution[] = ['normal', 'impulses'];

/**
 * The probes of a block, the most telling first, as long as they cost no more than `budget` multiply-accumulates
 * together; the first one always. `perPixel`: what the block costs for one pixel.
 */
export function* probes(
  id: string,
  shapes: readonly (readonly number[])[],
  dtype: DType,
  options: { readonly seed: number; readonly perPixel: number; readonly budget: number },
): Iterable<Probe> {
  let spent = 0;
  for (const { distribution, dims } of schedule(shapes)) {
    const pixels = elementCount(dims) / Math.max(1, dims[1] ?? 1);
    const cost = pixels * options.perPixel;
    if (spent > 0 && spent + cost > options.budget) continue;
    spent += cost;
    const random = seededRandom(options.seed, id, distribution, ...dims);
    yield { distribution, dims, input: drawInput(distribution, dims, dtype, random) };
  }
}

function schedule(
  shapes: readonly (readonly number[])[],
): readonly { readonly distribution: Distribution; readonly dims: readonly number[] }[] {
  const everywhere = AT_EVERY_SHAPE.flatMap((distribution) => shapes.map((dims) => ({ distribution, dims })));
  const rest = DISTRIBUTIONS.filter((distribution) => !AT_EVERY_SHAPE.includes(distribution));
  const inTurn = rest.map((distribution, i) => ({
    distribution,
    dims: shapes[i % shapes.length] as readonly number[],
  }));
  return [...everywhere, ...inTurn];
}
