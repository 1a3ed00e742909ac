import { points, selectRows, type Operator } from '../../algebra/operator';
import { pointAxis, type Axis } from '../../algebra/geometry/axis';
import { intsAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { fixedSize, type Analysis } from '../analysis';
import { obstacle, type Obstacle } from '../obstacle';
import { after } from './conv';
import { workOf } from './operands';
import { intsConstant } from './pads';
import type { TransferContext } from './transfer';

/** A Slice of channels, or one with relative bounds on spatial axes: a crop or a strided copy. */
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
  const channels = operand.geometry.outChannels;
  const axes = operand.geometry.axes.map(() => pointAxis());
  let selected = operand;
  for (const { axis, start, end, step } of bounds) {
    if (axis === 1 && step !== 0) {
      selected = workOf(node, selectRows(selected, slicedRows(start, end, step, channels)));
      continue;
    }
    const cropped = cropAxis(start, end, step, fixedSize(context.analysis, node.inputs[0] ?? '', axis));
    // exporters write x[:, :, 1:] as a Slice for each axis
    if (axis === 0 && cropped !== null && isWhole(cropped)) continue;
    if (axis < 2 || cropped === null) {
      return obstacle(
        'unsupported-op',
        `"${node.name}" (Slice) cuts axis ${axis} in a way that is no crop for every size of the image.`,
        node,
      );
    }
    axes[axis - 2] = cropped;
  }
  if (bounds.every(({ axis }) => axis === 1)) return selected;
  return after(selected, workOf(node, points(selected.geometry.outChannels, axes)), node, context);
}

const isWhole = ({ first, stride, slack }: Axis): boolean => first === 0 && stride === 1 && slack === 0;

/** The channels of c[start : end : step], as numpy counts. */
function slicedRows(start: number, end: number, step: number, channels: number): readonly number[] {
  const clamp = (place: number, low: number, high: number): number =>
    Math.min(Math.max(place < 0 ? place + channels : place, low), high);
  const rows: number[] = [];
  if (step > 0)
    for (let row = clamp(start, 0, channels); row < clamp(end, 0, channels); row += step) rows.push(row);
  else
    for (
      let row = clamp(start, -1, channels - 1);
      row > (end < -channels ? -1 : clamp(end, -1, channels - 1));
      row += step
    )
      rows.push(row);
  return rows;
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
