import { elementCount } from '../../tensor/tensor';
import type { BlockPart } from '../block/blockRuns';
import { variableInputs } from '../side';
import type { ImpulsePlan } from './impulses';

/** Hand an image on without lighting its dark channels. */
const KEEPS_DARK: ReadonlySet<string> = new Set(['Identity', 'Dropout', 'Cast', 'Pad', 'Slice']);

/**
 * Numbers that one impulse makes, products among them: a convolution of the lit channels alone takes their kernels once, any other
 * all kernels at every place, and every node makes a number for each channel and place.
 */
export function impulseCost(part: BlockPart, { dims, layout, groups }: ImpulsePlan): number {
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
    const weighs = weight !== undefined && WEIGHING.has(node.opType);
    const isLit = weighs && !(node.opType === 'Conv' && isDark);
    if (weighs) total += elementCount(weight.dims) * (isLit ? image : groups / channels);
    total += image * (weighs && node.opType === 'Conv' ? (weight.dims[0] ?? channels) : channels);
    if (node.outputs.includes(part.sink)) break;
  }
  return total + image * channels;
}

const WEIGHING: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm']);
