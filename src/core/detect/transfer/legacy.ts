import { intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { obstacle, type Obstacle } from '../obstacle';

const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * What stands in the way of reading a node as today's operator of its name: before opset 7, BatchNormalization and Dropout
 * trained unless told otherwise, and arithmetic aligned its second operand with a stated axis.
 */
export function legacyObstacle(node: Node, opset: number): Obstacle | null {
  if (opset >= 7) return null;
  const { name, opType } = node;
  const advice = 'export the model with opset 7 or later.';
  if (intAttribute(node, 'is_test', 0) === 0) {
    const trains = `"${name}" (${opType}) is in training mode by the rules of opset ${opset}; ${advice}`;
    if (opType === 'BatchNormalization') return obstacle('training-mode-bn', trains, node);
    if (opType === 'Dropout') return obstacle('nonlinear-op', trains, node);
  }
  if (ARITHMETIC.has(opType) && node.attributes.has('axis')) {
    return obstacle(
      'broadcast',
      `"${name}" (${opType}) broadcasts by the rules of opset ${opset}; ${advice}`,
      node,
    );
  }
  return null;
}
