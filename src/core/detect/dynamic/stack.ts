import { selectRows, type Operator } from '../../algebra/operator';
import type { Dim } from '../../ir/model';
import type { Analysis } from '../analysis';
import { axisOf, dimsOf, listOf, sameSizes } from './relabel';
import { staticOperator } from './staticOperator';

/** K images of one source side by side: [N, K, O, …S] or K on another axis; or flat, [N, K, O·S] or [N, g, K, O·S/g]. */
export interface Stack {
  readonly parts: readonly Operator[];
  readonly axis: number;
  readonly rank: number;
  readonly isFlat: boolean;
  /** Spatial sizes of each image. */
  readonly spatial: readonly Dim[];
}

export function stackOf(analysis: Analysis, source: string, value: string): Stack | null {
  const node = analysis.index.producer.get(value);
  if (node === undefined || node.domain !== '') return null;
  if (node.opType === 'Concat') return concatenated(analysis, source, value);
  return node.opType === 'Reshape' ? reshaped(analysis, source, value) : null;
}

/** torch.stack: each image unsqueezed, then concatenated on the new axis. */
function concatenated(analysis: Analysis, source: string, value: string): Stack | null {
  const node = analysis.index.producer.get(value);
  const rank = dimsOf(analysis, value)?.length ?? 0;
  if (node === undefined || rank === 0) return null;
  const axis = axisOf(node, 0, rank);
  const parts: Operator[] = [];
  let spatial: readonly Dim[] = [];
  for (const input of node.inputs) {
    const image = unsqueezed(analysis, input, axis, rank);
    const operator = image === null ? null : staticOperator(analysis, source, image);
    if (operator === null || image === null) return null;
    parts.push(operator);
    spatial = (dimsOf(analysis, image) ?? []).slice(2);
  }
  return axis > 1 && axis !== rank - 1 ? null : { parts, axis, rank, isFlat: false, spatial };
}

/** The image that an Unsqueeze or Reshape gave a new axis of size 1. */
function unsqueezed(analysis: Analysis, value: string, axis: number, rank: number): string | null {
  const node = analysis.index.producer.get(value);
  const dims = dimsOf(analysis, value);
  if (node === undefined || dims?.length !== rank) return null;
  const image = node.inputs[0] ?? '';
  if (node.opType === 'Unsqueeze') {
    const axes = listOf(analysis, node, 'axes', 1);
    return axes?.length === 1 && ((axes[0] ?? 0) + rank) % rank === axis ? image : null;
  }
  const without = dims.filter((_, place) => place !== axis);
  const before = dimsOf(analysis, image);
  return node.opType === 'Reshape' && dims[axis] === 1 && before !== null && sameSizes(without, before)
    ? image
    : null;
}

/** [N, K·O, …S] seen as [N, K, O, …S], as [N, K, O·S], or, with groups, [N, g·K·O', …S] as [N, g, K, O'·S]. */
function reshaped(analysis: Analysis, source: string, value: string): Stack | null {
  const node = analysis.index.producer.get(value);
  const image = node === undefined ? '' : (node.inputs[0] ?? '');
  const before = dimsOf(analysis, image);
  const dims = dimsOf(analysis, value);
  const channels = before?.[1];
  if (!before || !dims || typeof channels !== 'number') return null;
  const spatial = before.slice(2);
  const isOpen = dims.length === before.length + 1 && sameSizes(dims.slice(3), spatial);
  const groups = !isOpen && dims.length === 4 && typeof dims[1] === 'number' ? dims[1] : 1;
  const axis = !isOpen && dims.length === 4 ? 2 : 1;
  const count = dims[axis];
  if (typeof count !== 'number' || (!isOpen && dims.length !== axis + 2)) return null;
  if (channels % (count * groups) !== 0 || (isOpen && dims[2] !== channels / count)) return null;
  if (!sameSizes([before[0] ?? null], [dims[0] ?? null])) return null;
  const operator = staticOperator(analysis, source, image);
  if (operator === null) return null;
  const each = channels / count / groups;
  const parts = Array.from({ length: count }, (_, part) => {
    const rows = Array.from({ length: groups }, (_, group) =>
      Array.from({ length: each }, (_, row) => (group * count + part) * each + row),
    ).flat();
    return partOf(operator, rows, groups);
  });
  return { parts, axis, rank: dims.length, isFlat: !isOpen, spatial };
}

/** Rows of each group in turn: the part keeps the groups that it has in common with the whole. */
function partOf(operator: Operator, rows: readonly number[], groups: number): Operator {
  const { geometry } = operator;
  if (groups > 1 && geometry.groups === groups) {
    return { kind: 'rows', geometry: { ...geometry, outChannels: rows.length }, of: operator, rows };
  }
  return selectRows(operator, rows);
}
