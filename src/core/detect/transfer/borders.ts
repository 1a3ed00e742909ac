import { compose, composeInside, points, type Operator } from '../../algebra/operator';
import { pointAxis } from '../../algebra/geometry/axis';
import { isRefused } from '../../algebra/refusal';
import { intsAttribute, floatAttribute, stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { readElements } from '../../tensor/convert';
import { elementCount } from '../../tensor/tensor';
import type { Analysis } from '../analysis';
import { obstacle, obstacleAt, type Obstacle } from '../obstacle';
import { after, isSource } from './conv';
import { workOf } from './operands';
import type { TransferContext } from './transfer';

/** Pad with a constant: taps moved, size changed; exact when the constant is the operand's response to zero. */
export function padNode(node: Node, context: TransferContext): Operator | Obstacle {
  const operand = context.operatorOf(node.inputs[0] ?? '');
  const mode = stringAttribute(node, 'mode', 'constant');
  if (mode !== 'constant' && !context.ignoresBorder(node)) {
    return obstacle(
      'padding-mode',
      `"${node.name}" (Pad, ${mode}) continues the image, while another branch reads zeros outside; use the same padding in all branches.`,
      node,
    );
  }
  const rank = operand?.geometry.axes.length ?? 0;
  const pads = padsPerAxis(node, rank + 2, context.analysis);
  if (operand === null || pads === null) {
    return obstacle(
      'unknown-shape',
      `The pads of "${node.name}" (Pad) are not constants of the model.`,
      node,
    );
  }
  if (pads.slice(0, 2).some(({ begin, end }) => begin !== 0 || end !== 0)) {
    return obstacle('unsupported-op', `"${node.name}" (Pad) pads the batch or the channels.`, node);
  }
  const axes = pads.slice(2).map(({ begin, end }) => pointAxis(1, -begin, begin + end));
  const own = workOf(node, points(operand.geometry.outChannels, axes));
  if (context.ignoresBorder(node)) return composeInside(operand, own);
  const value = padValue(node, context.analysis);
  if (isSource(operand) && value === 0) return own;
  const padded = compose(operand, own, { kind: 'number', value }, context.analysis.read);
  return isRefused(padded) ? obstacleAt(padded, node) : padded;
}

interface Pads {
  readonly begin: number;
  readonly end: number;
}

function padsPerAxis(node: Node, rank: number, analysis: Analysis): readonly Pads[] | null {
  const flat = intsAttribute(node, 'pads') ?? intsConstant(node.inputs[1] ?? '', analysis);
  const axes = node.inputs[3]
    ? intsConstant(node.inputs[3], analysis)
    : Array.from({ length: rank }, (_, axis) => axis);
  if (flat === null || axes === null || flat.length !== 2 * axes.length) return null;
  const pads: Pads[] = Array.from({ length: rank }, () => ({ begin: 0, end: 0 }));
  axes.forEach((axis, place) => {
    pads[(axis + rank) % rank] = { begin: flat[place] ?? 0, end: flat[place + axes.length] ?? 0 };
  });
  return pads;
}

function padValue(node: Node, analysis: Analysis): number {
  const name = node.inputs[2] ?? '';
  const tensor = name === '' ? undefined : analysis.facts.constants.get(name);
  if (tensor === undefined) return name === '' ? floatAttribute(node, 'value', 0) : NaN;
  return readElements(tensor.dtype, tensor.bytes(), 0, 1)[0] ?? 0;
}

/** A Slice with relative bounds on spatial axes: a crop or a strided copy. */
export function sliceNode(node: Node, context: TransferContext): Operator | Obstacle {
  const operand = context.operatorOf(node.inputs[0] ?? '');
  const rank = (operand?.geometry.axes.length ?? 0) + 2;
  const bounds = sliceBounds(node, rank, context.analysis);
  if (operand === null || bounds === null) {
    return obstacle(
      'unknown-shape',
      `The bounds of "${node.name}" (Slice) are not constants of the model.`,
      node,
    );
  }
  const axes = operand.geometry.axes.map(() => pointAxis());
  for (const { axis, start, end, step } of bounds) {
    const cropped = cropAxis(start, end, step, sizeOf(node, axis, context.analysis));
    if (axis < 2 || cropped === null) {
      return obstacle(
        'unsupported-op',
        `"${node.name}" (Slice) cuts axis ${axis} in a way that is no crop for every size of the image.`,
        node,
      );
    }
    axes[axis - 2] = cropped;
  }
  return after(operand, workOf(node, points(operand.geometry.outChannels, axes)), node, context);
}

interface Bounds {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function sliceBounds(node: Node, rank: number, analysis: Analysis): readonly Bounds[] | null {
  const part = (place: number, name: string): readonly number[] | null =>
    node.inputs[place] ? intsConstant(node.inputs[place] as string, analysis) : intsAttribute(node, name);
  const starts = part(1, 'starts');
  const ends = part(2, 'ends');
  if (starts === null || ends === null) return null;
  const axes = part(3, 'axes') ?? starts.map((_, axis) => axis);
  const steps = part(4, 'steps') ?? starts.map(() => 1);
  return starts.map((start, place) => ({
    axis: ((axes[place] ?? 0) + rank) % rank,
    start,
    end: ends[place] ?? 0,
    step: steps[place] ?? 1,
  }));
}

/**
 * x[start : end : step] as an axis. For an open size, start must count from the front and end from the back (or be open);
 * for a known size, anything goes.
 */
function cropAxis(start: number, end: number, step: number, size: number | null) {
  if (step < 1) return null;
  if (size !== null) {
    const from = Math.min(Math.max(start < 0 ? start + size : start, 0), size);
    const to = Math.min(Math.max(end < 0 ? end + size : end, 0), size);
    return to > from ? pointAxis(step, from, to - from - size) : null;
  }
  const open = end >= 2 ** 31 - 1;
  if (start < 0 || (end >= 0 && !open)) return null;
  return pointAxis(step, start, (open ? 0 : end) - start);
}

function sizeOf(node: Node, axis: number, analysis: Analysis): number | null {
  const dim = analysis.facts.types.get(node.inputs[0] ?? '')?.dims?.[axis];
  return typeof dim === 'number' ? dim : null;
}

function intsConstant(name: string, analysis: Analysis): readonly number[] | null {
  const tensor = analysis.facts.constants.get(name);
  if (tensor === undefined || elementCount(tensor.dims) > 64) return null;
  return [...readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims))];
}
