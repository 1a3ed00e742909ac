import { intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { inferFacts, type ValueFacts } from '../../passes/valueFacts';
import { elementCount } from '../../tensor/tensor';
import type { Side } from '../side';

/** What one run takes, for the decision whether float64 can afford it. */
export interface RunCost {
  /** Multiply-accumulates of convolutions and matrix products; null where a size is not known. */
  readonly macs: number | null;
  /** Most products that are summed into one number by one node. */
  readonly longestSum: number;
}

/** The cost of a run at the sizes that `bindings` gives. */
export function runCost(side: Side, bindings: ReadonlyMap<string, number>): RunCost {
  const facts = inferFacts(side.model, side.index, bindings);
  let macs: number | null = 0;
  let longestSum = 1;
  for (const node of side.index.order) {
    const products = productsPerElement(node, facts);
    if (products === null) continue;
    longestSum = Math.max(longestSum, products);
    const outputs = elementsOf(facts, node.outputs[0]);
    macs = macs === null || outputs === null ? null : macs + outputs * products;
  }
  return { macs, longestSum };
}

function productsPerElement(node: Node, facts: ValueFacts): number | null {
  const dims = (input: number): readonly number[] =>
    (facts.types.get(node.inputs[input] ?? '')?.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
  switch (node.opType) {
    case 'Conv':
      return elementCount(dims(1).slice(1));
    case 'ConvTranspose':
      return elementCount(dims(1)) / Math.max(1, intAttribute(node, 'group', 1) * (dims(1)[1] ?? 1));
    case 'MatMul':
      return dims(0)[dims(0).length - 1] ?? 1;
    case 'Gemm':
      return dims(0)[intAttribute(node, 'transA', 0) === 0 ? 1 : 0] ?? 1;
    default:
      return null;
  }
}

function elementsOf(facts: ValueFacts, value: string | undefined): number | null {
  const dims = facts.types.get(value ?? '')?.dims;
  if (!dims) return null;
  const known = dims.filter((dim) => typeof dim === 'number');
  return known.length === dims.length ? elementCount(known) : null;
}
