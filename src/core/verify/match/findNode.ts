import type { Node } from '../../ir/model';
import { variableInputs } from '../side';
import type { Correspondence } from './correspondence';
import { sameNode } from './sameNode';

/** The node of the second model that computes the same from the same, or null; of several, the one of the same name. */
export function findNode(node: Node, values: Correspondence): Node | null {
  const equal = candidates(node, values).filter((other) => sameNode(node, other, values.same));
  return equal.find((other) => other.outputs[0] === node.outputs[0]) ?? equal[0] ?? null;
}

/**
 * The node that stands where this one would stand, though it computes something else (another weight, another
 * attribute): the same operator on the same variable inputs, or one that makes a value of the same name.
 */
export function findChanged(node: Node, values: Correspondence): Node | null {
  const named = values.fused.index.producer.get(node.outputs[0] ?? '');
  if (named?.opType === node.opType) return named;
  const inputs = variableInputs(values.original, node).map((input) => values.of(input));
  if (inputs.length === 0) return null;
  const alike = candidates(node, values).filter((other) => {
    const theirs = variableInputs(values.fused, other);
    return (
      other.opType === node.opType &&
      theirs.length === inputs.length &&
      theirs.every((one, i) => one === inputs[i])
    );
  });
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

/** Readers of what the node's first variable input corresponds to; all nodes for one that reads no variable. */
function candidates(node: Node, values: Correspondence): readonly Node[] {
  const [first] = variableInputs(values.original, node);
  if (first === undefined) return values.fused.index.order.filter((other) => other.opType === node.opType);
  const source = values.of(first);
  return source === null ? [] : (values.fused.index.consumers.get(source) ?? []);
}

export function linkOutputs(node: Node, other: Node, values: Correspondence): void {
  node.outputs.forEach((output, place) => {
    const theirs = other.outputs[place];
    if (output !== '' && theirs !== undefined && theirs !== '') values.set(output, theirs);
  });
}
