import type { Operator } from '../../algebra/operator';
import type { Node } from '../../ir/model';
import type { Analysis } from '../analysis';
import { obstacle, type Obstacle } from '../obstacle';
import { averagePoolNode, maxPoolNode } from './pooling';
import { addNode, divNode, meanNode, mulNode, negNode, subNode } from './arithmetic';
import { batchNormNode } from './batchNorm';
import { concatNode } from './channels';
import { convNode } from './conv';
import { castNode, dropoutNode, passNode } from './pass';
import { padNode, sliceNode } from './borders';

/** What a transfer function sees: the operator of each variable operand with respect to the region's source. */
export interface TransferContext {
  readonly analysis: Analysis;
  /** The operator of a value, or null for a constant. */
  readonly operatorOf: (value: string) => Operator | null;
  /** Spatial sizes of the source; null where runs may differ. */
  readonly sourceSizes: readonly (number | null)[];
  /** Whether a node's border is to be taken as fitting: for asking what would be if it did. */
  readonly ignoresBorder: (node: Node) => boolean;
}

/** The operator of a node's first output, or what stands in the way. */
export type Transfer = (node: Node, context: TransferContext) => Operator | Obstacle;

const TRANSFERS: ReadonlyMap<string, Transfer> = new Map<string, Transfer>([
  ['Conv', convNode],
  ['BatchNormalization', batchNormNode],
  ['Add', addNode],
  ['Sum', addNode],
  ['Sub', subNode],
  ['Neg', negNode],
  ['Mean', meanNode],
  ['Mul', mulNode],
  ['Div', divNode],
  ['Identity', passNode],
  ['Dropout', dropoutNode],
  ['Cast', castNode],
  ['AveragePool', averagePoolNode],
  ['MaxPool', maxPoolNode],
  ['Pad', padNode],
  ['Slice', sliceNode],
  ['Concat', concatNode],
]);

/** Whether the algebra has a rule for the node's operator. */
export function hasTransfer(node: Node): boolean {
  return node.domain === '' && TRANSFERS.has(node.opType);
}

export function transfer(node: Node, context: TransferContext): Operator | Obstacle {
  const rule = node.domain === '' ? TRANSFERS.get(node.opType) : undefined;
  if (rule === undefined) return unknownOperator(node);
  return rule(node, context);
}

/** Operators that compute no convolution, by the reason a person would give. */
const QUANTIZATION = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'QLinearConv',
  'ConvInteger',
  'DynamicQuantizeLinear',
]);
const NONLINEAR = new Set(
  (
    'Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid Tanh HardSigmoid HardSwish Mish Swish Softplus Softsign Softmax LogSoftmax ' +
    'ThresholdedRelu Clip Abs Sqrt Exp Log Pow Erf Max Min Sign Floor Ceil Round Reciprocal LayerNormalization ' +
    'InstanceNormalization GroupNormalization LpNormalization LRN GlobalMaxPool Attention'
  ).split(' '),
);

function unknownOperator(node: Node): Obstacle {
  if (QUANTIZATION.has(node.opType)) {
    return obstacle(
      'quantized',
      `"${node.name}" (${node.opType}) quantizes inside the block; fuse the float model before quantizing it.`,
      node,
    );
  }
  if (NONLINEAR.has(node.opType)) {
    return obstacle(
      'nonlinear-op',
      `"${node.name}" (${node.opType}) is not linear, so the branch is not a convolution.`,
      node,
    );
  }
  return obstacle(
    'unsupported-op',
    `"${node.name}" (${node.opType}) is an operator that the algebra does not know.`,
    node,
  );
}
