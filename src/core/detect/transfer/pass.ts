import { affine, type Operator } from '../../algebra/operator';
import type { Node } from '../../ir/model';
import { readElements } from '../../tensor/convert';
import { typeOf } from '../analysis';
import type { Image } from '../image';
import { isObstacle, obstacle, type Obstacle } from '../obstacle';
import { onlyImage, workOf } from './operands';
import type { TransferContext } from './transfer';

/** Identity: layout and border as they are. */
export function passNode(node: Node, context: TransferContext): readonly Image[] | Obstacle {
  const image = onlyImage(node, context);
  return isObstacle(image)
    ? image
    : [{ ...image, operator: workOf(node, affine(image.operator, null, null)) }];
}

function passOperator(node: Node, context: TransferContext): Operator | Obstacle {
  const operand = context.operatorOf(node.inputs[0] ?? '');
  if (operand === null)
    return obstacle('unsupported-op', `"${node.name}" (${node.opType}) has no variable input.`, node);
  return workOf(node, affine(operand, null, null));
}

/** Dropout that does nothing: inference mode, and nobody reads its mask. */
export function dropoutNode(node: Node, context: TransferContext): Operator | Obstacle {
  const [, , training = ''] = node.inputs;
  const flag = training === '' ? null : context.analysis.facts.constants.get(training);
  const trains =
    flag === undefined || (flag !== null && readElements(flag.dtype, flag.bytes(), 0, 1)[0] !== 0);
  const masked = node.outputs
    .slice(1)
    .some((output) => output !== '' && context.analysis.index.consumers.has(output));
  if (trains || masked) {
    return obstacle(
      'nonlinear-op',
      `"${node.name}" (Dropout) is in training mode or its mask is used; export the model in eval mode.`,
      node,
    );
  }
  return passOperator(node, context);
}

/** Cast to the type that the tensor already has. */
export function castNode(node: Node, context: TransferContext): Operator | Obstacle {
  const from = typeOf(context.analysis, node.inputs[0] ?? '')?.dtype;
  const to = typeOf(context.analysis, node.outputs[0] ?? '')?.dtype;
  if (from === undefined || from !== to) {
    return obstacle(
      'unsupported-dtype',
      `"${node.name}" (Cast) changes the type from ${from ?? 'unknown'} to ${to ?? 'unknown'} inside the block.`,
      node,
    );
  }
  return passOperator(node, context);
}
