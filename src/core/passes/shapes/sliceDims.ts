import type { Dim } from '../../ir/model';
import { addDims, floorDivide, subtractDims } from '../symbolicDim';
import { normalAxis, unknownDims } from './dims';
import { conflict } from './shapeConflict';

export interface SliceRange {
  readonly starts: readonly Dim[];
  readonly ends: readonly Dim[];
  /** null: not known which. */
  readonly axes: readonly number[] | null;
  readonly steps: readonly Dim[];
}

/** An end this far out means "to the end", whatever the size. */
const FAR = 2 ** 30;

/** Sizes of `dims[start:end:step]` along each axis. */
export function sliceDims(dims: readonly Dim[], range: SliceRange): readonly Dim[] {
  if (range.axes === null) return unknownDims(dims.length);
  const result = [...dims];
  range.axes.forEach((axis, place) => {
    const at = normalAxis(axis, dims.length);
    const [start, end, step] = [
      range.starts[place] ?? null,
      range.ends[place] ?? null,
      range.steps[place] ?? null,
    ];
    result[at] = sliceLength(dims[at] ?? null, start, end, step);
  });
  return result;
}

function sliceLength(size: Dim, start: Dim, end: Dim, step: Dim): Dim {
  if (step === 0) conflict('a slice with step 0');
  if (typeof step !== 'number') return null;
  if (typeof size === 'number' && typeof start === 'number' && typeof end === 'number') {
    return sliceIndices(size, start, end, step).count;
  }
  return symbolicLength(size, start, end, step);
}

/** First index that `[start:end:step]` takes of `size` elements, and how many it takes; clamped as ONNX clamps. */
export function sliceIndices(
  size: number,
  start: number,
  end: number,
  step: number,
): { first: number; count: number } {
  const fromFront = (index: number): number => (index < 0 ? index + size : index);
  const clamp = (index: number, low: number, high: number): number => Math.max(low, Math.min(high, index));
  const first =
    step > 0 ? clamp(fromFront(start), 0, size) : Math.min(clamp(fromFront(start), 0, size - 1), size - 1);
  const stop = step > 0 ? clamp(fromFront(end), 0, size) : clamp(fromFront(end), -1, size - 1);
  return { first, count: Math.max(0, Math.ceil((stop - first) / step)) };
}

/** A symbolic size is at least 1, and large enough for what is cut off its end. */
function symbolicLength(size: Dim, start: Dim, end: Dim, step: number): Dim {
  if (step < 0) {
    const whole = start === -1 && typeof end === 'number' && end <= -FAR;
    return whole ? floorDivide(addDims(size, -step - 1), -step) : null;
  }
  const stop = symbolicStop(size, end);
  if (typeof start !== 'number' || stop === null) return null;
  if (start < -1) return null;
  const length = start === -1 ? subtractDims(stop, addDims(size, -1)) : subtractDims(stop, start);
  return floorDivide(addDims(length, step - 1), step);
}

/** min(end, size), where it is clear which of them that is. */
function symbolicStop(size: Dim, end: Dim): Dim {
  if (typeof end === 'number' && end >= FAR) return size;
  if (typeof end === 'number' && end < 0) return addDims(size, end);
  if (end === 0 || end === 1) return end;
  const beyond = subtractDims(end, size);
  if (typeof beyond !== 'number') return null;
  return beyond >= 0 ? size : end;
}
