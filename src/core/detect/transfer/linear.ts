import { affine, compose, linear, ZERO_BORDER, type Operator } from '../../algebra/operator';
import { isRefused } from '../../algebra/refusal';
import { floatAttribute, intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { isObstacle, obstacle, obstacleAt, type Obstacle } from '../obstacle';
import { isSource } from './conv';
import { channelConstant, workOf } from './operands';
import type { TransferContext } from './transfer';

/** MatMul by a constant matrix on the right: y[…, j] = Σ_i x[…, i]·W[i, j], a 1×1 convolution whose channels are the last axis. */
export function matMulNode(node: Node, context: TransferContext): Operator | Obstacle {
  return product(node, context, false);
}

/** Gemm: y = α·x·W(ᵀ) + β·c on a matrix x. */
export function gemmNode(node: Node, context: TransferContext): Operator | Obstacle {
  if (intAttribute(node, 'transA', 0) !== 0) {
    return obstacle(
      'unsupported-op',
      `"${node.name}" (Gemm) transposes its input, which mixes samples.`,
      node,
    );
  }
  const applied = product(node, context, intAttribute(node, 'transB', 0) !== 0);
  if (isObstacle(applied)) return applied;
  const alpha = floatAttribute(node, 'alpha', 1);
  const beta = floatAttribute(node, 'beta', 1);
  const scaled =
    alpha === 1 ? applied : workOf(node, affine(applied, { kind: 'number', value: alpha }, null));
  const bias = node.inputs[2] ?? '';
  if (bias === '' || beta === 0) return scaled;
  if (!context.analysis.facts.constants.has(bias)) {
    return obstacle('dynamic-coefficient', `The bias of "${node.name}" (Gemm) depends on the input.`, node);
  }
  const vector = channelConstant(node, bias, scaled, context);
  if (isObstacle(vector)) return vector;
  return workOf(
    node,
    affine(scaled, null, beta === 1 ? vector : { kind: 'scaled', factor: beta, of: vector }),
  );
}

function product(node: Node, context: TransferContext, transposed: boolean): Operator | Obstacle {
  const [input = '', weight = ''] = node.inputs;
  const operand = context.operatorOf(input);
  const matrix = context.analysis.facts.constants.get(weight);
  if (operand === null || matrix === undefined) {
    return obstacle(
      'dynamic-coefficient',
      `The matrix of "${node.name}" (${node.opType}) depends on the input.`,
      node,
    );
  }
  const rank = operand.geometry.axes.length + 2;
  const channelAxis = context.order?.indexOf(1) ?? 1;
  const [rows = 0, columns = 0] = transposed ? [matrix.dims[1], matrix.dims[0]] : matrix.dims;
  if (matrix.dims.length !== 2 || channelAxis !== rank - 1 || rows !== operand.geometry.outChannels) {
    return obstacle(
      'unsupported-op',
      `"${node.name}" (${node.opType}) does not multiply the channels by a matrix.`,
      node,
    );
  }
  const own = workOf(node, linear(rows, columns, operand.geometry.axes.length, weight, transposed));
  if (isSource(operand)) return own;
  const composed = compose(operand, own, ZERO_BORDER, context.analysis.read);
  return isRefused(composed) ? obstacleAt(composed, node) : composed;
}
