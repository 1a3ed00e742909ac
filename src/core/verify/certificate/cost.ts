import { elementCount } from '../../tensor/tensor';
import type { BlockPart } from '../block/blockRuns';
import { variableInputs } from '../side';
import type { ImpulsePlan } from './impulses';

/** Hand an image on without lighting its dark channels. */
const KEEPS_DARK: ReadonlySet<string> = new Set(['Identity', 'Dropout', 'Cast', 'Pad', 'Slice']);

/** Multiply-accumulates of one impulse: a convolution of the lit channel alone costs 1 of its input channels, others all. */
export function impulseCost(part: BlockPart, { dims, layout }: ImpulsePlan): number {
  const { index, facts } = part.side;
  const image = elementCount(layout.spatial.map((axis) => dims[axis] ?? 1));
  const channels = dims[layout.channel] ?? 1;
  const dark = new Set([part.source]);
  const reached = new Set([part.source]);
  let total = 0;
  for (const node of index.order) {
    const inputs = variableInputs(part.side, node);
    if (!inputs.some((input) => reached.has(input)) || node.outputs.includes(part.source)) continue;
    for (const output of node.outputs) reached.add(output);
    const isDark = inputs.every((input) => dark.has(input));
    if (isDark && KEEPS_DARK.has(node.opType)) for (const output of node.outputs) dark.add(output);
    const weight = facts.constants.get(node.inputs[1] ?? '');
    if (weight !== undefined && WEIGHING.has(node.opType)) {
      // the evaluator takes input channels four at a time
      const lit = node.opType === 'Conv' && isDark ? Math.min(1, 4 / channels) : 1;
      total += elementCount(weight.dims) * image * lit;
    }
    if (node.outputs.includes(part.sink)) break;
  }
  // every node makes a number for each channel and place at the least
  return total + image * channels;
}

const WEIGHING: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm']);
