import type { NdArray } from '../../tensor/tensor';
import { elementCount } from '../../tensor/tensor';
import { exactResult } from './blockRuns';
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
  { block, original, attention, signal }: BlockTask,
  dims: readonly number[] | null,
): readonly Setting[] | { readonly failure: string } {
  if (block.dynamic === undefined) return [NOTHING];
  if (attention === undefined || dims === null)
    return { failure: 'no size tried: its attention has no counterpart in the second model' };
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
