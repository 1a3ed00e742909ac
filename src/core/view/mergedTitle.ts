import { convGeometry } from '../algebra/kernel/mergedConv';
import type { Block } from '../detect/block';
import { kernelWord } from '../detect/branchLabel';

/** What a block becomes, as a person would say it: "Conv 3×3"; null for a refused one. */
export function mergedTitle(block: Block): string | null {
  if (block.status !== 'fusable') return null;
  if (block.form === 'gemm') return 'Gemm';
  if (block.form === 'matmul') return 'MatMul';
  const op = block.form === 'convtranspose' ? 'ConvTranspose' : 'Conv';
  return `${op} ${kernelWord(convGeometry(block.operator.geometry).geometry)}`;
}
