import { mergedConv } from '../algebra/kernel/mergedConv';
import type { TensorReader } from '../algebra/kernel/vectorExpr';
import type { FusionPlan, FusionStep } from '../fuse/plan';
import { raise } from '../result';
import { sameDims } from '../tensor/tensor';
import { mainWeight } from './blocks/measure';
import type { Replacement } from './checkpoint';
import type { CheckpointSource } from './checkpointModel';

/** What a plan changes in a checkpoint: the merged kernel and bias of each block, under the names that the deploy form loads. */
export function replacements(
  { blocks }: CheckpointSource,
  plan: FusionPlan,
  read: TensorReader,
): readonly Replacement[] {
  const bySink = new Map(blocks.map((drawn) => [drawn.sink, drawn.block]));
  return plan.steps.flatMap((step): readonly Replacement[] => {
    const block = bySink.get(step.sink);
    if (block === undefined || 'kind' in step) return [];
    const { state, entries, deploy } = block;
    const { weight, bias } = merged(step, read);
    const before = mainWeight(block.steps, (name) => state.entries.get(name));
    if (before === null || !sameDims(before.dims, weight.dims))
      return raise(
        'failed',
        `The merged kernel of "${block.name}" has the shape ${weight.dims.join('×')}, not that of its deploy form.`,
      );
    const come = [
      { name: deploy.weight, tensor: weight },
      { name: deploy.bias, tensor: bias },
    ];
    return [{ state, gone: entries, come }];
  });
}

function merged(
  { kernel, dtype }: FusionStep,
  read: TensorReader,
): Pick<ReturnType<typeof mergedConv>, 'weight' | 'bias'> {
  return mergedConv(kernel, dtype, read);
}
