import type { Operator } from '../../algebra/operator';
import type { Node } from '../../ir/model';
import type { Analysis } from '../analysis';
import type { Image } from '../image';
import type { Obstacle } from '../obstacle';
import { addNode, divNode, meanNode, mulNode, negNode, subNode } from './arithmetic';
import { batchNormNode } from './batchNorm';
import { sliceNode } from './borders';
import { concatNode, splitNode } from './channels';
import { convNode } from './conv';
import { convTransposeNode } from './convTranspose';
import { padNode, scatterNode } from './frames';
import { reshapeNode, transposeNode } from './layout';
import { gemmNode, matMulNode } from './linear';
import { castNode, dropoutNode, passNode } from './pass';
import { averagePoolNode, maxPoolNode } from './pooling';

/** What a transfer function sees: the images of the operands with respect to the region's source. */
export interface TransferContext {
  readonly analysis: Analysis;
  /** The image of a value; null for a constant. */
  readonly imageOf: (value: string) => Image | null;
  /** The operator of a value; null for a constant. Only for rules that work on settled operands. */
  readonly operatorOf: (value: string) => Operator | null;
  /** Layout that all operands share. */
  readonly order: readonly number[] | null;
  /** Spatial sizes of the source; null where runs may differ. */
  readonly sourceSizes: readonly (number | null)[];
  /** Whether a node's border is to be taken as fitting: for asking what would be if it did. */
  readonly ignoresBorder: (node: Node) => boolean;
}

/** The operator of a node's first output, or what stands in the way. */
export type Transfer = (node: Node, context: TransferContext) => Operator | Obstacle;

/** A rule that sees layout, borders and several outputs: the images of the node's outputs, in order. */
export type ImageTransfer = (node: Node, context: TransferContext) => readonly Image[] | Obstacle;

/** Rules for operators that need [N, C, …spatial] as it is. */
export const PLAIN_RULES: ReadonlyMap<string, Transfer> = new Map<string, Transfer>([
  ['Conv', convNode],
  ['ConvTranspose', convTransposeNode],
  ['BatchNormalization', batchNormNode],
  ['AveragePool', averagePoolNode],
  ['MaxPool', maxPoolNode],
  ['Slice', sliceNode],
  ['Concat', concatNode],
]);

/** Rules that work in any layout that all operands share. */
export const POINTWISE_RULES: ReadonlyMap<string, Transfer> = new Map<string, Transfer>([
  ['Add', addNode],
  ['Sum', addNode],
  ['Sub', subNode],
  ['Neg', negNode],
  ['Mean', meanNode],
  ['Mul', mulNode],
  ['Div', divNode],
  ['Dropout', dropoutNode],
  ['Cast', castNode],
  ['MatMul', matMulNode],
  ['Gemm', gemmNode],
]);

/** Rules for operators that change layout, border or number of outputs. */
export const IMAGE_RULES: ReadonlyMap<string, ImageTransfer> = new Map<string, ImageTransfer>([
  ['Identity', passNode],
  ['Pad', padNode],
  ['ScatterND', scatterNode],
  ['Transpose', transposeNode],
  ['Reshape', reshapeNode],
  ['Split', splitNode],
]);

/** Whether the algebra has a rule for the node's operator. */
export function hasTransfer({ domain, opType }: Node): boolean {
  return domain === '' && (PLAIN_RULES.has(opType) || POINTWISE_RULES.has(opType) || IMAGE_RULES.has(opType));
}
