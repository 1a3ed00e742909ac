import type { NdArray } from '../../tensor/tensor';
import { elementCount } from '../../tensor/tensor';
import { exactResult } from './blockRuns';
import { seededRandom } from '../random';
import type { BlockTask } from './checkBlock';

/** The values that hold a dynamic convolution's attention, by the two models' names. */
export interface Attention {
  readonly original: string;
  readonly fused: string;
}

/** What is given beside the image, to either form. */
export interface Setting {
  readonly original: ReadonlyMap<string, NdArray>;
  readonly fused: ReadonlyMap<string, NdArray>;
}

const NOTHING: Setting = { original: new Map(), fused: new Map() };

/**
 * The attentions to show a block. A dynamic convolution is affine in the image for a given attention, and affine in the attention
 * for a given image, so with the attention on one kernel at a time (and on none, where it need not add up to 1) it is
 * known whole. @param dims a shape of its source.
 */
export function attentionSettings(
  task: BlockTask,
  dims: readonly number[] | null,
): readonly Setting[] | { readonly failure: string } {
  const { block, original, attention, signal } = task;
  if (block.dynamic === undefined) return [NOTHING];
  if (dims === null) return { failure: 'no size of it can be computed' };
  if (attention === undefined) return constantAttention(task, dims);
  const { count, sumsToOne } = block.dynamic.description.attention;
  const part = { side: original, source: block.region.source, sink: attention.original };
  const zeros: NdArray = { dtype: 'float32', dims, data: new Float64Array(elementCount(dims)) };
  const made = exactResult(part, zeros, signal);
  if ('failure' in made) return made;
  const { dtype, dims: shape } = made.value;
  const kernels = Array.from({ length: count }, (_, kernel) => kernel);
  return (sumsToOne ? kernels : [...kernels, -1]).map((kernel) => {
    const data = Float64Array.from({ length: elementCount(shape) }, (_, i) => (i % count === kernel ? 1 : 0));
    const array = { dtype, dims: shape, data };
    return {
      original: new Map([[attention.original, array]]),
      fused: new Map([[attention.fused, array]]),
    };
  });
}

/** An attention that is the same for every image is not in the merged model any more: its one value is given to the original. */
function constantAttention(
  { block, original, signal }: BlockTask,
  dims: readonly number[],
): readonly Setting[] | { readonly failure: string } {
  const name = block.dynamic?.description.attention.value ?? '';
  const part = { side: original, source: block.region.source, sink: name };
  const count = elementCount(dims);
  const values: NdArray[] = [];
  for (const random of [null, seededRandom(0, 'attention', 1), seededRandom(0, 'attention', 2)]) {
    const data = Float64Array.from({ length: count }, () => random?.normal() ?? 0);
    const made = exactResult(part, { dtype: 'float32', dims, data }, signal);
    if ('failure' in made) return made;
    values.push(made.value);
  }
  const [first] = values as [NdArray];
  const isConstant = values.every(({ data }) => data.every((value, i) => value === first.data[i]));
  if (!isConstant) return { failure: 'no size tried: its attention has no counterpart in the second model' };
  return [{ original: new Map([[name, first]]), fused: new Map() }];
}
