import { convTranspose, type Operator } from '../../algebra/operator';
import { intAttribute, intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { obstacle, type Obstacle } from '../obstacle';
import { isSource } from './conv';
import { workOf } from './operands';
import type { TransferContext } from './transfer';

/** ConvTranspose with constant weights, on the source itself: it takes scales and sums behind it, but does not compose. */
export function convTransposeNode(node: Node, context: TransferContext): Operator | Obstacle {
  const [input = '', weight = '', bias = ''] = node.inputs;
  const operand = context.operatorOf(input);
  const { constants } = context.analysis.facts;
  const kernel = constants.get(weight);
  if (operand === null || kernel === undefined || (bias !== '' && !constants.has(bias))) {
    return obstacle(
      'dynamic-coefficient',
      `The weights of "${node.name}" (ConvTranspose) depend on the input.`,
      node,
    );
  }
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (
    !isSource(operand) ||
    intsAttribute(node, 'output_shape') !== null ||
    (autoPad !== 'NOTSET' && autoPad !== 'VALID')
  ) {
    return obstacle(
      'unsupported-op',
      `"${node.name}" (ConvTranspose) does not start the block or states its output's size, which the algebra has no rule for.`,
      node,
    );
  }
  const groups = intAttribute(node, 'group', 1);
  const [inChannels = 0, outPerGroup = 0, ...taps] = kernel.dims;
  // VALID has no pads, whatever is stated
  const stated = autoPad === 'VALID' ? null : intsAttribute(node, 'pads');
  const each = (name: string, value: number): readonly number[] =>
    intsAttribute(node, name) ?? new Array<number>(taps.length).fill(value);
  const geometry = {
    inChannels,
    outChannels: outPerGroup * groups,
    groups,
    axes: taps.map((count) => ({ first: 0, step: 1, count, stride: 1, slack: 0 })),
    transposed: {
      strides: each('strides', 1),
      dilations: each('dilations', 1),
      pads: stated ?? new Array<number>(2 * taps.length).fill(0),
      outputPadding: each('output_padding', 0),
    },
  };
  if (inChannels !== operand.geometry.outChannels || taps.length !== operand.geometry.axes.length) {
    return obstacle(
      'unknown-shape',
      `The weights of "${node.name}" (ConvTranspose) do not fit its input.`,
      node,
    );
  }
  return workOf(node, convTranspose(geometry, weight, bias === '' ? null : bias));
}
