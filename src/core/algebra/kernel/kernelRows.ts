import { channelsPerGroup, tapCount, type Geometry } from '../geometry/geometry';
import { floatView, type FloatView } from './floatView';
import type { KernelExpr } from './kernelExpr';
import { evaluateVector, type TensorReader } from './vectorExpr';

/**
 * Computes a kernel expression one output channel at a time, in float64.
 *
 * A row is tap-major, [taps…][input channels of the group], so that a 1×1 kernel inside a composition adds whole
 * stretches of memory: K[o, tap] += W₂[o, m, tap₂] · W₁[m, ·].
 */
export interface KernelRows {
  readonly geometry: Geometry;
  /** Input channels of one group: the width of a tap in a row. */
  readonly channels: number;
  /** The row of output channel `o`; a fresh array at each call. */
  row(o: number): Float64Array;
}

/** Where a row is added up: the target's geometry and, for each call, a shift of the taps. */
interface Target {
  readonly geometry: Geometry;
  readonly channels: number;
  readonly row: Float64Array;
  /** First input channel of the target's group. */
  readonly firstChannel: number;
}

/** Adds `factor` × row `o` of an operator, its taps shifted by `shift`, to the target. */
type AddRow = (o: number, factor: number, target: Target, shift: readonly number[]) => void;

/** Prepares an expression for computing rows on the lattice of `geometry` (its own by default, or a larger one that holds it). */
export function kernelRows(
  expr: KernelExpr,
  read: TensorReader,
  geometry: Geometry = expr.geometry,
): KernelRows {
  const add = compile(expr, read);
  const channels = channelsPerGroup(geometry);
  const length = channels * tapCount(geometry);
  const outPerGroup = geometry.outChannels / geometry.groups;
  const still = geometry.axes.map(() => 0);
  return {
    geometry,
    channels,
    row: (o) => {
      const row = new Float64Array(length);
      add(o, 1, { geometry, channels, row, firstChannel: Math.floor(o / outPerGroup) * channels }, still);
      return row;
    },
  };
}

function compile(expr: KernelExpr, read: TensorReader): AddRow {
  switch (expr.kind) {
    case 'conv':
      return storedTaps(expr.geometry, floatView(read(expr.weight)));
    case 'identity':
      return depthwiseTaps(expr.geometry, 1);
    case 'averagePool':
      return depthwiseTaps(expr.geometry, 1 / tapCount(expr.geometry));
    case 'affine': {
      const add = compile(expr.of, read);
      if (expr.scale === null) return add;
      const scale = evaluateVector(expr.scale, expr.geometry.outChannels, read);
      return (o, factor, target, shift) => add(o, factor * (scale[o] as number), target, shift);
    }
    case 'sum': {
      const terms = expr.terms.map((term) => ({
        coefficient: term.coefficient,
        add: compile(term.of, read),
      }));
      return (o, factor, target, shift) => {
        for (const term of terms) term.add(o, factor * term.coefficient, target, shift);
      };
    }
    case 'compose':
      return composedTaps(expr, read);
    case 'rows': {
      const add = compile(expr.of, read);
      return (o, factor, target, shift) => add(expr.rows[o] as number, factor, target, shift);
    }
    case 'stack':
      return stackedRows(expr.parts, read);
  }
}

function stackedRows(parts: readonly KernelExpr[], read: TensorReader): AddRow {
  const owners: { readonly add: AddRow; readonly row: number }[] = [];
  for (const part of parts) {
    const add = compile(part, read);
    for (let row = 0; row < part.geometry.outChannels; row++) owners.push({ add, row });
  }
  return (o, factor, target, shift) => {
    const owner = owners[o];
    if (owner !== undefined) owner.add(owner.row, factor, target, shift);
  };
}

function storedTaps(geometry: Geometry, weight: FloatView): AddRow {
  const taps = tapCount(geometry);
  const width = channelsPerGroup(geometry);
  const outPerGroup = geometry.outChannels / geometry.groups;
  return (o, factor, target, shift) => {
    const places = tapPlaces(geometry, target, shift);
    const from = o * width * taps;
    const channel = Math.floor(o / outPerGroup) * width - target.firstChannel;
    const { row } = target;
    for (let tap = 0; tap < taps; tap++) {
      let to = (places[tap] as number) * target.channels + channel;
      for (let i = from + tap, end = from + width * taps; i < end; i += taps, to++) {
        row[to] = (row[to] as number) + factor * (weight[i] as number);
      }
    }
  };
}

function depthwiseTaps(geometry: Geometry, value: number): AddRow {
  return (o, factor, target, shift) => {
    const channel = o - target.firstChannel;
    for (const place of tapPlaces(geometry, target, shift)) {
      const at = place * target.channels + channel;
      target.row[at] = (target.row[at] as number) + factor * value;
    }
  };
}

/** Row o of L₂ ∘ L₁: Σ over the taps of row o of L₂ of rows of L₁, shifted by stride₁ · offset₂. */
function composedTaps(expr: KernelExpr & { readonly kind: 'compose' }, read: TensorReader): AddRow {
  const add = compile(expr.first, read);
  const then = kernelRows(expr.then, read);
  const outer = expr.then.geometry;
  const outPerGroup = outer.outChannels / outer.groups;
  const offsets = tapOffsets(outer).map((offset) =>
    offset.map((value, place) => value * (expr.first.geometry.axes[place]?.stride ?? 1)),
  );
  return (o, factor, target, shift) => {
    const row = then.row(o);
    const firstMiddle = Math.floor(o / outPerGroup) * then.channels;
    offsets.forEach((offset, tap) => {
      const moved = offset.map((value, place) => value + (shift[place] as number));
      for (let m = 0; m < then.channels; m++) {
        const weight = row[tap * then.channels + m] as number;
        if (weight !== 0) add(firstMiddle + m, factor * weight, target, moved);
      }
    });
  };
}

/** Offsets of all taps, the last axis fastest. */
function tapOffsets(geometry: Geometry): readonly (readonly number[])[] {
  return geometry.axes.reduce<readonly (readonly number[])[]>(
    (offsets, axis) =>
      offsets.flatMap((offset) =>
        Array.from({ length: axis.count }, (_, j) => [...offset, axis.first + j * axis.step]),
      ),
    [[]],
  );
}

/** Place in the target's lattice of each of an operator's taps. */
function tapPlaces(geometry: Geometry, target: Target, shift: readonly number[]): readonly number[] {
  let places = [0];
  geometry.axes.forEach((axis, index) => {
    const grid = target.geometry.axes[index];
    if (grid === undefined) return;
    const start = axis.first + (shift[index] as number) - grid.first;
    const next: number[] = [];
    for (const place of places) {
      for (let j = 0; j < axis.count; j++)
        next.push(place * grid.count + (start + j * axis.step) / grid.step);
    }
    places = next;
  });
  return places;
}
