import { averagePool, points, type Operator } from '../../algebra/operator';
import { pointAxis } from '../../algebra/geometry/axis';
import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { imageShape } from '../analysis';
import { isObstacle, obstacle, type Obstacle } from '../obstacle';
import { after, convAxes } from './conv';
import { workOf } from './operands';
import type { TransferContext } from './transfer';

/** AveragePool whose divisor is the same everywhere: no pads, or padding counted (count_include_pad = 1). */
export function averagePoolNode(node: Node, context: TransferContext): Operator | Obstacle {
  const operand = context.operatorOf(node.inputs[0] ?? '');
  const taps = intsAttribute(node, 'kernel_shape');
  if (operand === null || taps === null)
    return obstacle('unsupported-op', `"${node.name}" (AveragePool) states no kernel.`, node);
  const axes = convAxes(node, taps, context);
  if (isObstacle(axes)) return axes;
  const padded = axes.some(
    (axis) => axis.first < 0 || axis.slack + axis.first + (axis.count - 1) * axis.step > 0,
  );
  if (padded && !context.ignoresBorder(node) && intAttribute(node, 'count_include_pad', 0) === 0) {
    return obstacle(
      'border-mismatch',
      `"${node.name}" (AveragePool) divides by fewer elements at the border, since it does not count its padding; export it with count_include_pad.`,
      node,
    );
  }
  if (
    intAttribute(node, 'ceil_mode', 0) !== 0 &&
    !context.ignoresBorder(node) &&
    !ceilIsFloor(node, context)
  ) {
    return obstacle(
      'border-mismatch',
      `"${node.name}" (AveragePool) rounds its output size up, so its last windows hang over the border.`,
      node,
    );
  }
  return after(operand, workOf(node, averagePool(operand.geometry.outChannels, axes)), node, context);
}

/** With stride 1, ceiling and floor give the same size. */
function ceilIsFloor(node: Node, context: TransferContext): boolean {
  const strides = intsAttribute(node, 'strides') ?? [];
  if (strides.every((stride) => stride === 1)) return true;
  const before = imageShape(context.analysis, node.inputs[0] ?? '', null)?.sizes;
  const taps = intsAttribute(node, 'kernel_shape') ?? [];
  const axes = convAxes(node, taps, context);
  if (before === undefined || isObstacle(axes)) return false;
  return axes.every((axis, place) => {
    const size = before[place];
    return size !== null && size !== undefined && (size + axis.slack - 1) % axis.stride === 0;
  });
}

/** MaxPool over one element is a strided copy. */
export function maxPoolNode(node: Node, context: TransferContext): Operator | Obstacle {
  const operand = context.operatorOf(node.inputs[0] ?? '');
  const taps = intsAttribute(node, 'kernel_shape') ?? [];
  const pads = intsAttribute(node, 'pads') ?? [];
  const plain =
    taps.every((tap) => tap === 1) &&
    pads.every((pad) => pad === 0) &&
    intAttribute(node, 'ceil_mode', 0) === 0;
  if (operand === null || !plain) {
    return obstacle('nonlinear-op', `"${node.name}" (MaxPool) takes a maximum, which is not linear.`, node);
  }
  const strides = intsAttribute(node, 'strides') ?? taps.map(() => 1);
  const axes = strides.map((stride) => pointAxis(stride));
  return after(operand, workOf(node, points(operand.geometry.outChannels, axes)), node, context);
}
