import type { TensorReader } from '../../algebra/kernel/vectorExpr';
import type { Analysis } from '../../detect/analysis';
import type { Block } from '../../detect/block';
import type { DynamicConvolution } from '../../detect/dynamic/dynamicBlocks';
import { isFloat, largestFinite, type DType } from '../../tensor/dtype';
import type { RefusalCode } from '../../algebra/refusal';
import { contentRows } from './bankTensor';
import type { DynamicStep, TensorTemplate } from './dynamicStep';
import { overflowMessage } from '../overflowMessage';
import { featureForm } from './featureForm';
import { kernelForm } from './kernelForm';

interface Refused {
  readonly id: string;
  readonly code: RefusalCode;
  readonly message: string;
}

/**
 * Plans a dynamic convolution: what pays, or the form for any batch where that is wanted. Null for a block that is planned
 * like any other: its weights are constant, or nothing is to be done and its refusal stands.
 */
export function planDynamic(
  analysis: Analysis,
  block: Block,
  { core, better, batchFree }: DynamicConvolution,
  freesBatch: boolean,
): DynamicStep | Refused | null {
  const chosen = freesBatch ? (batchFree ?? better) : better;
  if (chosen === null) return null;
  const { placement, aggregation } = chosen;
  const { dtype } = placement;
  const refused = (code: RefusalCode, message: string): Refused => ({ id: block.id, code, message });
  if (!isFloat(dtype))
    return refused(
      'unsupported-dtype',
      `The block's result "${placement.sink}" has no floating-point type that can be merged.`,
    );
  const emission = (aggregation.form === 'kernel' ? kernelForm : featureForm)(aggregation, placement);
  const { nodes, tensors } = emission;
  if (exceeds(tensors, dtype, analysis.read))
    return refused('overflow', overflowMessage('The folded bank', dtype));
  if (needsPad(analysis, nodes))
    return refused(
      'unsupported-op',
      'A static branch beside the attention needs Pad of opset 11 or later; export the model with a newer opset.',
    );
  return {
    kind: 'dynamic',
    id: block.id,
    family: block.family,
    source: placement.source,
    sink: placement.sink,
    remove: core.map((node) => node.name),
    modulePath: block.modulePath,
    dtype,
    nodes,
    tensors,
  };
}

/** Banks are computed once here, for their range. */
function exceeds(tensors: readonly TensorTemplate[], dtype: DType, read: TensorReader): boolean {
  const limit = largestFinite(dtype);
  for (const { content } of tensors) {
    if (content.kind === 'numbers') continue;
    for (const row of contentRows(content, read))
      if (row.some((value) => !(Math.abs(value) <= limit))) return true;
  }
  return false;
}

function needsPad({ model }: Analysis, nodes: DynamicStep['nodes']): boolean {
  return nodes.some((node) => node.opType === 'Pad') && (model.opsets.get('') ?? 1) < 11;
}
