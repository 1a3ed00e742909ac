import { compose, composeInside, conv, ZERO_BORDER, type Operator } from '../../algebra/operator';
import { convAxis, type Axis } from '../../algebra/geometry/axis';
import { isRefused } from '../../algebra/refusal';
import { intAttribute, intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { fixedSize } from '../analysis';
import { isObstacle, obstacle, obstacleAt, type Obstacle } from '../obstacle';
import { workOf } from './operands';
import type { TransferContext } from './transfer';
import { isQuantization } from './unknown';

/** Conv with constant weights: y = conv(L(x)). A padded Conv needs the border that its operand's operator would give. */
export function convNode(node: Node, context: TransferContext): Operator | Obstacle {
  const [input = '', weight = '', bias = ''] = node.inputs;
  const operand = context.operatorOf(input);
  const { constants } = context.analysis.facts;
  const kernel = constants.get(weight);
  if (operand === null || kernel === undefined || (bias !== '' && !constants.has(bias))) {
    return obstacle('dynamic-coefficient', `The weights of "${node.name}" (Conv) depend on the input.`, node);
  }
  // merged they would be floats, four times as many bytes
  const source = context.analysis.index.producer.get(weight);
  if (source !== undefined && isQuantization(source)) {
    const message = `The weights of "${node.name}" (Conv) are quantized; fuse the float model before quantizing it.`;
    return obstacle('quantized', message, node);
  }
  const groups = intAttribute(node, 'group', 1);
  const [outChannels = 0, perGroup = 0, ...taps] = kernel.dims;
  if (taps.length !== operand.geometry.axes.length || perGroup * groups !== operand.geometry.outChannels) {
    return obstacle('unknown-shape', `The weights of "${node.name}" (Conv) do not fit its input.`, node);
  }
  const axes = convAxes(node, taps, context);
  if (isObstacle(axes)) return axes;
  const geometry = { inChannels: perGroup * groups, outChannels, groups, axes };
  const own = workOf(node, conv(geometry, weight, bias === '' ? null : bias));
  return after(operand, own, node, context);
}

/** `then` after `first`, with zeros between where `then` reads outside. */
export function after(
  first: Operator,
  then: Operator,
  node: Node,
  context: TransferContext,
): Operator | Obstacle {
  if (isSource(first)) return then;
  if (context.ignoresBorder(node)) return composeInside(first, then);
  const composed = compose(first, then, ZERO_BORDER, context.analysis.read);
  return isRefused(composed) ? obstacleAt(composed, node) : composed;
}

/** Whether an operator is the source itself. */
export function isSource(operator: Operator): boolean {
  return (
    operator.kind === 'identity' &&
    operator.geometry.axes.every((axis) => axis.first === 0 && axis.stride === 1 && axis.slack === 0)
  );
}

/** The window of Conv and pooling nodes: attributes with their defaults, auto_pad made explicit. */
export function convAxes(
  node: Node,
  taps: readonly number[],
  context: TransferContext,
): readonly Axis[] | Obstacle {
  const rank = taps.length;
  const strides = intsAttribute(node, 'strides') ?? new Array<number>(rank).fill(1);
  const dilations = intsAttribute(node, 'dilations') ?? new Array<number>(rank).fill(1);
  const pads = explicitPads(node, taps, strides, dilations, context);
  if (isObstacle(pads)) return pads;
  return taps.map((kernel, place) =>
    convAxis({
      kernel,
      dilation: dilations[place] ?? 1,
      padBegin: pads[place] ?? 0,
      padEnd: pads[place + rank] ?? 0,
      stride: strides[place] ?? 1,
    }),
  );
}

function explicitPads(
  node: Node,
  taps: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  context: TransferContext,
): readonly number[] | Obstacle {
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (mode === 'VALID') return new Array<number>(2 * taps.length).fill(0);
  if (mode === 'NOTSET' || mode === '')
    return intsAttribute(node, 'pads') ?? new Array<number>(2 * taps.length).fill(0);
  const begin: number[] = [];
  const end: number[] = [];
  for (let place = 0; place < taps.length; place++) {
    const total = samePadding(
      taps[place] ?? 1,
      strides[place] ?? 1,
      dilations[place] ?? 1,
      fixedSize(context.analysis, node.inputs[0] ?? '', place + 2),
    );
    if (total === null) {
      return obstacle(
        'unknown-shape',
        `The pads of "${node.name}" (${node.opType}, ${mode}) depend on the image's size, which the model leaves open.`,
        node,
      );
    }
    const small = Math.floor(total / 2);
    begin.push(mode === 'SAME_UPPER' ? small : total - small);
    end.push(mode === 'SAME_UPPER' ? total - small : small);
  }
  return [...begin, ...end];
}

/** Total padding of auto_pad SAME: (⌈n/s⌉ − 1)·s + (k − 1)·d + 1 − n; at stride 1 it does not depend on n. */
function samePadding(kernel: number, stride: number, dilation: number, size: number | null): number | null {
  const extent = (kernel - 1) * dilation + 1;
  if (stride === 1) return extent - 1;
  if (size === null) return null;
  return Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
}
