import type { Operator } from '../../algebra/operator';
import type { VectorExpr } from '../../algebra/kernel/vectorExpr';
import type { Node } from '../../ir/model';
import { elementCount } from '../../tensor/tensor';
import { isConstant, type Analysis } from '../analysis';
import { obstacle, type Obstacle } from '../obstacle';
import type { TransferContext } from './transfer';

/** Marks an operator as the work of a node, for labels and for highlighting. */
export function workOf(node: Node, operator: Operator): Operator {
  return { ...operator, node: node.name };
}

/** The operator of the only variable operand; an obstacle when another operand depends on the model's input. */
export function onlyOperand(
  node: Node,
  context: TransferContext,
): { operator: Operator; place: number } | Obstacle {
  const places = node.inputs.flatMap((input, place) =>
    input !== '' && context.operatorOf(input) !== null ? [place] : [],
  );
  const place = places[0];
  const operator = place === undefined ? null : context.operatorOf(node.inputs[place] as string);
  const isDynamic = node.inputs.some(
    (input, other) => other !== place && input !== '' && !isConstant(context.analysis, input),
  );
  if (place === undefined || operator === null || isDynamic) {
    return obstacle(
      'dynamic-coefficient',
      `"${node.name}" (${node.opType}) combines tensors that all depend on the input, so it is not linear.`,
      node,
    );
  }
  return { operator, place };
}

/**
 * A constant operand as one value a channel. After right-aligned broadcasting it may vary on the channel axis only:
 * [C, 1, 1] and [1, C, 1, 1] do, a bare [C] would act on the last spatial axis.
 * @param channels channels of the tensor it acts on, whose rank is 2 + `spatialRank`.
 */
export function channelConstant(
  node: Node,
  name: string,
  channels: number,
  spatialRank: number,
  analysis: Analysis,
): VectorExpr | Obstacle {
  const dims = analysis.read(name).dims;
  if (elementCount(dims) === 1 && dims.length <= spatialRank + 2) return { kind: 'tensor', name };
  const rank = spatialRank + 2;
  if (dims.length > rank) return broadcasts(node, name);
  const aligned = [...new Array<number>(rank - dims.length).fill(1), ...dims];
  if (aligned[0] !== 1) return broadcasts(node, name);
  if (aligned.slice(2).some((dim) => dim !== 1)) {
    return obstacle(
      'spatially-varying',
      `"${node.name}" (${node.opType}) uses the constant "${name}" of shape [${dims.join(', ')}], which differs from place to place in the image; a convolution can't.`,
      node,
    );
  }
  return aligned[1] === channels ? { kind: 'tensor', name } : broadcasts(node, name);
}

function broadcasts(node: Node, name: string): Obstacle {
  return obstacle(
    'broadcast',
    `"${node.name}" (${node.opType}) broadcasts against the constant "${name}", which changes the tensor's shape.`,
    node,
  );
}
