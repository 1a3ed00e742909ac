import type { Node } from '../../ir/model';
import { elementCount } from '../../tensor/tensor';
import type { Side } from '../side';

/** Products that a merged weight is the sum of: those of convolutions that follow another one in the block. */
export function composedProducts({ facts }: Side, nodes: readonly Node[]): number {
  const behind = new Set<string>();
  let products = 0;
  for (const node of nodes) {
    const follows = node.inputs.some((input) => behind.has(input));
    const weighs = ['Conv', 'MatMul', 'Gemm', 'ConvTranspose'].includes(node.opType);
    if (weighs && follows) {
      const weight = node.inputs.map((input) => facts.constants.get(input)).find(Boolean);
      products += weight === undefined ? 0 : elementCount(weight.dims.slice(1));
    }
    if (weighs || follows) for (const output of node.outputs) behind.add(output);
  }
  return products;
}
