import type { Operator } from '../../algebra/operator';
import type { VectorExpr } from '../../algebra/kernel/vectorExpr';
import type { Node } from '../../ir/model';
import { readElements } from '../../tensor/convert';
import type { Image } from '../image';
import { elementCount, rowMajorStrides } from '../../tensor/tensor';
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

/** The image of a node's first input. */
export function onlyImage(node: Node, context: Pick<TransferContext, 'imageOf'>): Image | Obstacle {
  return (
    context.imageOf(node.inputs[0] ?? '') ??
    obstacle('unsupported-op', `"${node.name}" (${node.opType}) has no variable input.`, node)
  );
}

/**
 * A constant operand as one value a channel. After right-aligned broadcasting it may vary on the channel axis only:
 * [C, 1, 1] and [1, C, 1, 1] do, a bare [C] would act on the last spatial axis.
 * @param operator what it acts on; its layout is `order`.
 */
export function channelConstant(
  node: Node,
  name: string,
  operator: Operator,
  { analysis, order }: Pick<TransferContext, 'analysis' | 'order'>,
): VectorExpr | Obstacle {
  const { dims } = analysis.read(name);
  const rank = operator.geometry.axes.length + 2;
  if (dims.length > rank) return broadcasts(node, name);
  if (elementCount(dims) === 1) return { kind: 'tensor', name };
  const aligned = [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const channelAxis = order?.indexOf(1) ?? 1;
  const batchAxis = order?.indexOf(0) ?? 0;
  if (aligned[batchAxis] !== 1) return broadcasts(node, name);
  if (aligned.some((dim, axis) => dim !== 1 && axis !== channelAxis))
    return spatialConstant(node, name, operator, aligned, channelAxis, analysis);
  return aligned[channelAxis] === operator.geometry.outChannels
    ? { kind: 'tensor', name }
    : broadcasts(node, name);
}

/** More elements than this are a picture, not a constant that an exporter expanded. */
const MAX_EXPANDED = 1 << 20;

/** A constant with spatial axes is still one value a channel where it holds the same everywhere (an expanded bias). */
function spatialConstant(
  node: Node,
  name: string,
  operator: Operator,
  dims: readonly number[],
  channelAxis: number,
  analysis: Analysis,
): VectorExpr | Obstacle {
  const channels = dims[channelAxis] as number;
  const tensor = analysis.read(name);
  if (channels !== 1 && channels !== operator.geometry.outChannels) return broadcasts(node, name);
  const values =
    elementCount(dims) <= MAX_EXPANDED
      ? readElements(tensor.dtype, tensor.bytes(), 0, elementCount(dims))
      : null;
  const stride = rowMajorStrides(dims)[channelAxis] as number;
  const firstOf = (channel: number): number => values?.[channel * stride] ?? NaN;
  // NaN is like nothing, itself included
  const varies = values?.some((value, at) => value !== firstOf(Math.floor(at / stride) % channels));
  // the constant's own spatial size must not stretch the image: only an input of that size gives the same output
  if (
    varies === false &&
    dims.every((dim, axis) => axis === channelAxis || dim === 1 || fits(analysis, node, axis, dim))
  ) {
    return { kind: 'values', values: Array.from({ length: channels }, (_, channel) => firstOf(channel)) };
  }
  return obstacle(
    'spatially-varying',
    `"${node.name}" (${node.opType}) uses the constant "${name}" of shape [${tensor.dims.join(', ')}], which differs from place to place in the image; a convolution can't.`,
    node,
  );
}

function fits(analysis: Analysis, node: Node, axis: number, size: number): boolean {
  return node.inputs.every((input) => {
    const dims = analysis.facts.types.get(input)?.dims;
    const place =
      axis - ((analysis.facts.types.get(node.outputs[0] ?? '')?.dims?.length ?? 0) - (dims?.length ?? 0));
    return analysis.facts.constants.has(input) || dims?.[place] === size;
  });
}

function broadcasts(node: Node, name: string): Obstacle {
  return obstacle(
    'broadcast',
    `"${node.name}" (${node.opType}) broadcasts against the constant "${name}", which changes the tensor's shape.`,
    node,
  );
}
