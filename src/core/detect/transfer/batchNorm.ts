import { affine, type Operator } from '../../algebra/operator';
import { floatAttribute, intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { obstacle, type Obstacle } from '../obstacle';
import { workOf } from './operands';
import type { TransferContext } from './transfer';

/** BatchNormalization with stored statistics: y = t·L(x) + (β − μ·t), t = γ/√(σ² + ε). */
export function batchNormNode(node: Node, context: TransferContext): Operator | Obstacle {
  const [input = '', gamma = '', beta = '', mean = '', variance = ''] = node.inputs;
  const operand = context.operatorOf(input);
  const statistics = [gamma, beta, mean, variance];
  if (operand === null || statistics.some((name) => !context.analysis.facts.constants.has(name))) {
    return obstacle(
      'dynamic-coefficient',
      `The statistics of "${node.name}" (BatchNormalization) are not constants of the model.`,
      node,
    );
  }
  const trains =
    intAttribute(node, 'training_mode', 0) !== 0 || node.outputs.slice(1).some((output) => output !== '');
  if (trains) {
    return obstacle(
      'training-mode-bn',
      `"${node.name}" (BatchNormalization) is in training mode and uses the statistics of each batch; export the model in eval mode.`,
      node,
    );
  }
  const channels = operand.geometry.outChannels;
  if (statistics.some((name) => context.analysis.read(name).dims.join() !== String(channels))) {
    return obstacle(
      'unknown-shape',
      `The statistics of "${node.name}" (BatchNormalization) do not fit its ${channels} channels.`,
      node,
    );
  }
  // an attribute is a float32, its default too
  const epsilon = floatAttribute(node, 'epsilon', Math.fround(1e-5));
  const scale = { kind: 'bnScale', gamma, variance, epsilon } as const;
  const shift = { kind: 'bnShift', gamma, beta, mean, variance, epsilon } as const;
  return workOf(node, affine(operand, scale, shift));
}
