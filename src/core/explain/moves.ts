import type { Axis } from '../algebra/geometry/axis';
import type { KernelSample } from './kernelSample';

/** A place where a converter may have put a branch's taps: for each tap of the lattice, where it goes; −1: cut off. */
export interface Move {
  readonly label: string;
  readonly to: Int32Array;
}

/** More ways than this are not tried; the nearest ones come first. */
const MAX_MOVES = 600;

interface AxisMove {
  readonly label: string;
  /** Index on the lattice → new index or −1. */
  readonly to: readonly number[];
  readonly isCorner: 'start' | 'end' | null;
}

/**
 * Ways to misplace a branch on the lattice: aligned elsewhere (a 1×1 in the corner of a 3×3), shifted by a tap or two and cut
 * off, its dilation lost, mirrored; height and width swapped.
 */
export function movesOf(axes: readonly Axis[], { geometry }: KernelSample): readonly Move[] {
  const grid = geometry.axes;
  const perAxis = grid.map((lattice, place) => axisMoves(axes[place] ?? lattice, lattice));
  let combined: readonly (readonly AxisMove[])[] = [[]];
  for (const list of perAxis) {
    combined = combined.flatMap((before) => list.map((one) => [...before, one])).slice(0, MAX_MOVES * 4);
  }
  const counts = grid.map((axis) => axis.count);
  const moves = combined.map((list) => ({ label: nameOf(list), to: tapMap(list, counts) }));
  const swapped = swap(counts);
  if (swapped !== null) moves.push({ label: 'with height and width swapped', to: swapped });
  const seen = new Set<string>([
    Array.from({ length: counts.reduce((a, b) => a * b, 1) }, (_, i) => i).join(),
  ]);
  return moves
    .filter(({ to }) => {
      const key = to.join();
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .slice(0, MAX_MOVES);
}

function axisMoves(axis: Axis, grid: Axis): readonly AxisMove[] {
  const indices = Array.from(
    { length: axis.count },
    (_, j) => (axis.first + j * axis.step - grid.first) / grid.step,
  );
  const first = indices[0] ?? 0;
  const last = indices[indices.length - 1] ?? 0;
  const spacing = axis.count > 1 ? axis.step / grid.step : 1;
  const moves: AxisMove[] = [];
  const add = (label: string, place: (j: number) => number, isCorner: AxisMove['isCorner'] = null): void => {
    const to = Array.from({ length: grid.count }, () => -1);
    indices.forEach((index, j) => {
      const target = place(j);
      if (Number.isInteger(target) && target >= 0 && target < grid.count) to[index] = target;
    });
    if (to.some((target) => target >= 0)) moves.push({ label, to, isCorner });
  };
  add('', (j) => first + j * spacing);
  const span = last - first;
  for (let by = -first; by <= grid.count - 1 - last; by++) {
    const corner = by === -first ? 'start' : by === grid.count - 1 - last ? 'end' : null;
    if (by !== 0) add(`shifted by ${by}`, (j) => first + by + j * spacing, corner);
  }
  for (const by of [-1, 1, -2, 2]) add(`shifted by ${by} and cut off`, (j) => first + by + j * spacing);
  if (axis.count > 1) {
    add('mirrored', (j) => last - j * spacing);
    for (const other of [1, 2, 3, 4]) {
      if (other === spacing) continue;
      const start = first + (span - (axis.count - 1) * other) / 2;
      add(`with dilation ${other * grid.step} instead of ${axis.step}`, (j) => Math.round(start) + j * other);
    }
  }
  return moves;
}

function nameOf(list: readonly AxisMove[]): string {
  const moved = list.filter(({ label }) => label !== '');
  const corners = new Set(list.map(({ isCorner }) => isCorner));
  if (corners.size === 1 && !corners.has(null)) {
    return corners.has('start') ? 'in the first corner' : 'in the last corner';
  }
  const labels = new Set(moved.map(({ label }) => label));
  if (labels.size === 1 && moved.length === list.length) return [...labels].join();
  return list
    .map(({ label }, axis) => (label === '' ? '' : `${label} on axis ${axis}`))
    .filter(Boolean)
    .join(', ');
}

function tapMap(list: readonly AxisMove[], counts: readonly number[]): Int32Array {
  const total = counts.reduce((product, count) => product * count, 1);
  return Int32Array.from({ length: total }, (_, tap) => {
    let rest = tap;
    let target = 0;
    let factor = 1;
    for (let axis = counts.length - 1; axis >= 0; axis--) {
      const count = counts[axis] as number;
      const to = list[axis]?.to[rest % count] ?? -1;
      if (to < 0) return -1;
      target += to * factor;
      factor *= count;
      rest = Math.floor(rest / count);
    }
    return target;
  });
}

function swap(counts: readonly number[]): Int32Array | null {
  const [height = 0, width = 0] = counts;
  if (counts.length !== 2 || height !== width || height === 1) return null;
  return Int32Array.from(
    { length: height * width },
    (_, tap) => (tap % width) * width + Math.floor(tap / width),
  );
}

/** The rows with their taps at other places. */
export function movedRows(rows: Float64Array, { to }: Move): Float64Array {
  const result = new Float64Array(rows.length);
  const taps = to.length;
  for (let at = 0; at < rows.length; at++) {
    const value = rows[at] as number;
    if (value === 0) continue;
    const target = to[at % taps] as number;
    if (target >= 0) result[at - (at % taps) + target] = value;
  }
  return result;
}
