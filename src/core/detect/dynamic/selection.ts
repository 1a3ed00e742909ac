import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import type { Analysis } from '../analysis';
import { listOf } from './relabel';

/** For each sliced axis the indices that a Slice takes; null where they are not known. An axis taken whole is left out. */
export function sliceIndices(
  analysis: Analysis,
  node: Node,
  dims: readonly Dim[],
): readonly (readonly [number, readonly number[]])[] | null {
  const starts = listOf(analysis, node, 'starts', 1);
  const ends = listOf(analysis, node, 'ends', 2);
  const axes = listOf(analysis, node, 'axes', 3);
  const steps = listOf(analysis, node, 'steps', 4);
  if (!starts || !ends || axes === null || steps === null) return null;
  const ranges: (readonly [number, readonly number[]])[] = [];
  for (let place = 0; place < starts.length; place++) {
    const given = axes?.[place] ?? place;
    const axis = given < 0 ? given + dims.length : given;
    const step = steps?.[place] ?? 1;
    const [start = 0, end = 0] = [starts[place], ends[place]];
    if (start === 0 && end >= 2 ** 31 - 1 && step === 1) continue;
    const size = dims[axis];
    if (typeof size !== 'number' || step < 1) return null;
    ranges.push([axis, range(start, end, step, size)]);
  }
  return ranges;
}

function range(start: number, end: number, step: number, size: number): readonly number[] {
  const from = clamp(start < 0 ? start + size : start, size);
  const to = clamp(end < 0 ? end + size : end, size);
  const indices: number[] = [];
  for (let index = from; index < to; index += step) indices.push(index);
  return indices;
}

function clamp(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size);
}

/** The indices that output `place` of a Split holds. */
export function splitIndices(
  analysis: Analysis,
  node: Node,
  size: Dim,
  place: number,
): readonly number[] | null {
  if (typeof size !== 'number' || place < 0) return null;
  const stated = listOf(analysis, node, 'split', 1);
  if (stated === null) return null;
  const parts = intAttribute(node, 'num_outputs', node.outputs.length);
  const each = Math.ceil(size / parts);
  const sizes = stated ?? intsAttribute(node, 'split') ?? node.outputs.map(() => each);
  const start = sizes.slice(0, place).reduce((total, one) => total + one, 0);
  const length = Math.min(sizes[place] ?? 0, size - start);
  return Array.from({ length }, (_, i) => start + i);
}
