import { selectRows, stack, type Operator } from '../../algebra/operator';
import { isRefused } from '../../algebra/refusal';
import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { plainImage, type Image } from '../image';
import { isObstacle, obstacle, obstacleAt, type Obstacle } from '../obstacle';
import { settle } from './frames';
import { onlyImage, workOf } from './operands';
import { intsConstant } from './pads';
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

/** Split on the channel axis: each output is some of the rows. */
export function splitNode(node: Node, context: TransferContext): readonly Image[] | Obstacle {
  const operand = onlyImage(node, context);
  if (isObstacle(operand)) return operand;
  const image = settle(operand, node, context);
  if (isObstacle(image)) return image;
  const rank = image.operator.geometry.axes.length + 2;
  const axis = (intAttribute(node, 'axis', 0) + rank) % rank;
  if ((image.order?.[axis] ?? axis) !== 1) {
    return obstacle('unsupported-op', `"${node.name}" (Split) cuts axis ${axis}, not the channels.`, node);
  }
  const channels = image.operator.geometry.outChannels;
  const sizes = splitSizes(node, channels, context);
  if (sizes === null) {
    return obstacle(
      'unknown-shape',
      `The sizes of "${node.name}" (Split) are not constants of the model.`,
      node,
    );
  }
  let start = 0;
  return sizes.map((size) => {
    const rows = Array.from({ length: size }, (_, row) => start + row);
    start += size;
    return plainImage(workOf(node, selectRows(image.operator, rows)), image.order);
  });
}

function splitSizes(node: Node, channels: number, context: TransferContext): readonly number[] | null {
  const stated = node.inputs[1]
    ? intsConstant(node.inputs[1], context.analysis)
    : intsAttribute(node, 'split');
  if (node.inputs[1] && stated === null) return null;
  const even = Math.ceil(channels / node.outputs.length);
  const sizes = stated ?? node.outputs.map((_, place) => Math.min(even, channels - place * even));
  return sizes.reduce((total, size) => total + size, 0) === channels && sizes.every((size) => size > 0)
    ? sizes
    : null;
}
