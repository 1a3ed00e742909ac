import { affine, sum, type Operator } from '../../algebra/operator';
import type { VectorExpr } from '../../algebra/kernel/vectorExpr';
import { isRefused } from '../../algebra/refusal';
import type { Node } from '../../ir/model';
import { isObstacle, obstacle, obstacleAt, type Obstacle } from '../obstacle';
import type { Pile } from '../piles';
import { channelConstant, onlyOperand, workOf } from './operands';
import type { TransferContext } from './transfer';

/** Add and Sum: y = Σ Lᵢ(x) + Σ constants. */
export function addNode(node: Node, context: TransferContext): Operator | Obstacle {
  return weightedSum(node, context, () => 1);
}

/** Sub: y = L₁(x) − L₂(x), either of them possibly a constant. */
export function subNode(node: Node, context: TransferContext): Operator | Obstacle {
  return weightedSum(node, context, (place) => (place === 0 ? 1 : -1));
}

/** Mean: y = (1/n) Σ Lᵢ(x). */
export function meanNode(node: Node, context: TransferContext): Operator | Obstacle {
  if (node.inputs.some((input) => context.operatorOf(input) === null)) {
    return obstacle(
      'unsupported-op',
      `"${node.name}" (Mean) averages a constant; write it as an addition.`,
      node,
    );
  }
  return weightedSum(node, context, () => 1 / node.inputs.length);
}

/** A sum or mean over branches that were stacked before: y = w·Σ Lᵢ(x), w = 1 or 1/n. */
export function pileNode(node: Node, { parts }: Pile, context: TransferContext): Operator | Obstacle {
  const weight = node.opType === 'ReduceMean' ? 1 / parts.length : 1;
  return weightedSum(node, context, () => weight, parts);
}

export function negNode(node: Node, context: TransferContext): Operator | Obstacle {
  return weightedSum(node, context, () => -1);
}

function weightedSum(
  node: Node,
  context: TransferContext,
  coefficient: (place: number) => number,
  inputs: readonly string[] = node.inputs,
): Operator | Obstacle {
  const terms: { coefficient: number; of: Operator }[] = [];
  const constants: { name: string; coefficient: number }[] = [];
  inputs.forEach((input, place) => {
    const operator = context.operatorOf(input);
    if (operator === null) constants.push({ name: input, coefficient: coefficient(place) });
    else terms.push({ coefficient: coefficient(place), of: operator });
  });
  const only = terms[0];
  const joined = terms.length === 1 && only?.coefficient === 1 ? only.of : sum(terms, context.sourceSizes);
  if (isRefused(joined)) return obstacleAt(joined, node);
  return constants.length === 0 ? workOf(node, joined) : shifted(node, joined, constants, context);
}

function shifted(
  node: Node,
  operator: Operator,
  constants: readonly { readonly name: string; readonly coefficient: number }[],
  context: TransferContext,
): Operator | Obstacle {
  let result = operator;
  for (const { name, coefficient } of constants) {
    const vector = channelConstant(node, name, operator, context);
    if (isObstacle(vector)) return vector;
    const shift: VectorExpr =
      coefficient === 1 ? vector : { kind: 'scaled', factor: coefficient, of: vector };
    result = workOf(node, affine(result, null, shift));
  }
  return result;
}

/** Mul by a constant per channel. */
export function mulNode(node: Node, context: TransferContext): Operator | Obstacle {
  return scaled(node, context, (vector) => vector);
}

/** Div by a constant per channel. */
export function divNode(node: Node, context: TransferContext): Operator | Obstacle {
  return scaled(node, context, (vector) => ({ kind: 'reciprocal', of: vector }));
}

function scaled(
  node: Node,
  context: TransferContext,
  scale: (vector: VectorExpr) => VectorExpr,
): Operator | Obstacle {
  const operand = onlyOperand(node, context);
  if (isObstacle(operand)) return operand;
  if (node.opType === 'Div' && operand.place !== 0) {
    return obstacle(
      'nonlinear-op',
      `"${node.name}" (Div) divides by a tensor that depends on the input.`,
      node,
    );
  }
  const { operator, place } = operand;
  const constant = node.inputs[1 - place] as string;
  const vector = channelConstant(node, constant, operator, context);
  if (isObstacle(vector)) return vector;
  return workOf(node, affine(operator, scale(vector), null));
}
