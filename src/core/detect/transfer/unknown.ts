import type { Node } from '../../ir/model';
import { obstacle, type Obstacle } from '../obstacle';

/** Operators that compute no convolution, by the reason a person would give. */
const QUANTIZATION = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'QLinearConv',
  'ConvInteger',
  'DynamicQuantizeLinear',
]);
const WHOLE_IMAGE = new Set(['GlobalAveragePool', 'ReduceMean', 'ReduceSum']);
const NONLINEAR = new Set(
  (
    'Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid Tanh HardSigmoid HardSwish Mish Swish Softplus Softsign Softmax LogSoftmax ' +
    'ThresholdedRelu Clip Abs Sqrt Exp Log Pow Erf Max Min Sign Floor Ceil Round Reciprocal LayerNormalization ' +
    'InstanceNormalization GroupNormalization LpNormalization LRN GlobalMaxPool Attention'
  ).split(' '),
);

/** Whether a node goes between floats and quantized integers, or computes with those. */
export function isQuantization(node: Node): boolean {
  return QUANTIZATION.has(node.opType);
}

/** The obstacle for a node that no rule covers. */
export function unknownOperator(node: Node): Obstacle {
  if (isQuantization(node)) {
    return obstacle(
      'quantized',
      `"${node.name}" (${node.opType}) quantizes inside the block; fuse the float model before quantizing it.`,
      node,
    );
  }
  if (WHOLE_IMAGE.has(node.opType)) {
    return obstacle(
      'broadcast',
      `"${node.name}" (${node.opType}) reduces the whole image to one value, which is then broadcast; a convolution can't.`,
      node,
    );
  }
  if (NONLINEAR.has(node.opType)) {
    return obstacle(
      'nonlinear-op',
      `"${node.name}" (${node.opType}) stands inside a branch and is not linear, so the branches are not one convolution.`,
      node,
    );
  }
  return obstacle(
    'unsupported-op',
    `"${node.name}" (${node.opType}) stands inside a branch and is an operator that the algebra does not know.`,
    node,
  );
}
