import type { Node } from '../ir/model';
import type { NdArray } from '../tensor/tensor';
import { unsupported } from './kernel';
import { kernelOf } from './registry';

/** Operators that carry graphs: `evaluateGraph` runs them. */
const WITH_GRAPHS: ReadonlySet<string> = new Set(['If', 'Loop']);

/**
 * Whether the evaluator knows the operator. Some combinations of attributes may be refused all the same, and
 * calls of model-local functions are not operators.
 */
export function supportsOp(node: Node): boolean {
  if (kernelOf(node) !== null) return true;
  return WITH_GRAPHS.has(node.opType) && (node.domain === '' || node.domain === 'ai.onnx');
}

/**
 * Computes one node in float64. Integers are float64 numbers too, truth is 1. Nothing is rounded to the declared types.
 *
 * `inputs` are in the node's order, null for those left out; the outputs are in the node's order, and there may be
 * more of them than the node names.
 * @throws ProblemError `unsupported` when the operator or its attributes aren't known, `bad-input` when the
 *   inputs don't fit it.
 */
export function evaluateNode(
  node: Node,
  inputs: readonly (NdArray | null)[],
  context: { readonly opset: number },
): readonly NdArray[] {
  const kernel = kernelOf(node);
  if (kernel === null) {
    const domain = node.domain === '' ? 'the standard set' : `domain "${node.domain}"`;
    unsupported(node, `is an operator of ${domain}`);
  }
  return kernel({ node, inputs, opset: context.opset });
}
