import { biasVector } from '../../algebra/kernel/bias';
import { pointAxis } from '../../algebra/geometry/axis';
import { compose, composeInside, points } from '../../algebra/operator';
import { isRefused } from '../../algebra/refusal';
import { stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { unitRoundoff } from '../../tensor/dtype';
import { typeOf } from '../analysis';
import { classCount, plainImage, type Frame, type Image } from '../image';
import { isObstacle, obstacle, obstacleAt, type Obstacle } from '../obstacle';
import type { ApplyContext } from './apply';
import { isSource } from './conv';
import { onlyImage, workOf } from './operands';
import { padsPerAxis, padValue, type Pads } from './pads';
import { overwriteBorder } from './scatter';
import type { TransferContext } from './transfer';

/** A border of more cells than this is no bias padding. */
const MAX_CELLS = 4096;

/**
 * Pad with a constant: the operator, framed. Whether the frame is what the operator would give there is asked only when
 * somebody reads it, since DBB and ECBSR pad with zeros and then write the border over (Ding et al. 2021, "BNAndPad").
 */
export function padNode(node: Node, context: TransferContext): readonly Image[] | Obstacle {
  const operand = onlyImage(node, context);
  if (isObstacle(operand)) return operand;
  const mode = stringAttribute(node, 'mode', 'constant');
  if (mode !== 'constant' && !context.ignoresBorder(node)) {
    return obstacle(
      'padding-mode',
      `"${node.name}" (Pad, ${mode}) continues the image, while another branch reads zeros outside; use the same padding in all branches.`,
      node,
    );
  }
  const image = settle(operand, node, context);
  if (isObstacle(image)) return image;
  const pads = spatialPads(node, image, context);
  if (isObstacle(pads)) return pads;
  const cropped = crop(image, pads, node);
  const outside = pads.map(({ begin, end }) => ({ begin: Math.max(0, begin), end: Math.max(0, end) }));
  if (outside.every(({ begin, end }) => begin === 0 && end === 0)) return [cropped];
  const count = outside.reduce((product, axis) => product * classCount(axis), 1);
  if (count > MAX_CELLS)
    return obstacle('unsupported-op', `"${node.name}" (Pad) adds too wide a border.`, node);
  const value = new Float64Array(image.operator.geometry.outChannels).fill(padValue(node, context.analysis));
  const cells = new Array<Float64Array>(count).fill(value);
  return [{ ...cropped, frame: { pads: outside, cells, node } }];
}

/** Negative pads cut the image. */
function crop(image: Image, pads: readonly Pads[], node: Node): Image {
  if (pads.every(({ begin, end }) => begin >= 0 && end >= 0)) return image;
  const axes = pads.map(({ begin, end }) =>
    pointAxis(1, Math.max(0, -begin), Math.min(0, begin) + Math.min(0, end)),
  );
  const cut = workOf(node, points(image.operator.geometry.outChannels, axes));
  return { ...image, operator: isSource(image.operator) ? cut : composeInside(image.operator, cut) };
}

/** Pads of the spatial axes, in the operator's order. */
function spatialPads(node: Node, image: Image, context: ApplyContext): readonly Pads[] | Obstacle {
  const rank = image.operator.geometry.axes.length + 2;
  const pads = padsPerAxis(node, rank, context.analysis);
  if (pads === null) {
    return obstacle(
      'unknown-shape',
      `The pads of "${node.name}" (Pad) are not constants of the model.`,
      node,
    );
  }
  const logical = new Array<Pads>(rank).fill({ begin: 0, end: 0 });
  pads.forEach((pad, axis) => (logical[image.order?.[axis] ?? axis] = pad));
  if (logical.slice(0, 2).some(({ begin, end }) => begin !== 0 || end !== 0)) {
    return obstacle('unsupported-op', `"${node.name}" (Pad) pads the batch or the channels.`, node);
  }
  return logical.slice(2);
}

/** ScatterND that writes constants over cells of a frame. */
export function scatterNode(node: Node, context: TransferContext): readonly Image[] | Obstacle {
  const image = onlyImage(node, context);
  if (isObstacle(image)) return image;
  if (image.frame === null) {
    return obstacle(
      'unsupported-op',
      `"${node.name}" (ScatterND) writes into a tensor that was not padded before.`,
      node,
    );
  }
  const cells = overwriteBorder(node, image, image.frame, context.analysis);
  return isObstacle(cells) ? cells : [{ ...image, frame: { ...image.frame, cells } }];
}

/** The image with its frame become part of the operator, if every cell holds the operator's response to zero. */
export function settle(image: Image, reader: Node, context: ApplyContext): Image | Obstacle {
  if (image.split !== null) {
    return obstacle(
      'unsupported-op',
      `"${reader.name}" (${reader.opType}) works on channels that a Reshape has split.`,
      reader,
    );
  }
  const { frame, operator } = image;
  if (frame === null) return image;
  const channels = operator.geometry.outChannels;
  const axes = frame.pads.map(({ begin, end }) => pointAxis(1, -begin, begin + end));
  const pad = workOf(frame.node, points(channels, axes));
  if (context.ignoresBorder(frame.node)) return plainImage(composeInside(operator, pad), image.order);
  const dtype = typeOf(context.analysis, frame.node.inputs[0] ?? '')?.dtype ?? 'float32';
  const roundoff = unitRoundoff(dtype);
  for (const cell of distinctCells(frame)) {
    const border = { value: { kind: 'values', values: [...cell] }, roundoff } as const;
    const padded = compose(operator, pad, border, context.analysis.read);
    if (isRefused(padded)) return obstacleAt(padded, frame.node);
  }
  const plainPad =
    isSource(operator) && biasVector(operator, context.analysis.read).every((value) => value === 0);
  return plainImage(plainPad ? pad : composeInside(operator, pad), image.order);
}

/** The border's vectors, each once; the inside's unused entry left out. */
function distinctCells({ pads, cells }: Frame): ReadonlySet<Float64Array> {
  const inside = pads.reduce((place, axis) => place * classCount(axis) + axis.begin, 0);
  return new Set(cells.filter((_, place) => place !== inside));
}
