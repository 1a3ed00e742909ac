import { stack, type Operator } from '../../algebra/operator';
import { isRefused } from '../../algebra/refusal';
import { intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { obstacle, obstacleAt, type Obstacle } from '../obstacle';
import { workOf } from './operands';
import type { TransferContext } from './transfer';

/** Concat on the channel axis: the branches' output channels one after the other. */
export function concatNode(node: Node, context: TransferContext): Operator | Obstacle {
  const parts: Operator[] = [];
  for (const input of node.inputs) {
    const operator = context.operatorOf(input);
    if (operator === null)
      return obstacle('unsupported-op', `"${node.name}" (Concat) appends a constant.`, node);
    parts.push(operator);
  }
  const rank = (parts[0]?.geometry.axes.length ?? 0) + 2;
  const axis = intAttribute(node, 'axis', 1);
  if ((axis + rank) % rank !== 1) {
    return obstacle(
      'unsupported-op',
      `"${node.name}" (Concat) joins along axis ${axis}, not along the channels.`,
      node,
    );
  }
  const stacked = stack(parts, context.sourceSizes);
  return isRefused(stacked) ? obstacleAt(stacked, node) : workOf(node, stacked);
}
