import { channelsPerGroup, tapCount, type Geometry } from '../geometry/geometry';
import { readElements } from '../../tensor/convert';
import type { Tensor } from '../../tensor/tensor';
import { addRows, denseRows, type DenseRows } from './denseRows';
import { floatRows, type FloatRow } from './floatRows';
import type { KernelExpr } from './kernelExpr';
import { evaluateVector, type TensorReader } from './vectorExpr';

/**
 * Computes a kernel expression one output channel at a time, in float64. A row is laid out as the stored kernel is,
 * [input channels of the group][taps…], so that a kernel that keeps its lattice is added as one stretch of memory.
 */
export interface KernelRows {
  readonly geometry: Geometry;
  /** Elements of a row: input channels of one group × taps. */
  readonly length: number;
  /** Writes the row of output channel `o` over `row`. */
  fill(o: number, row: Float64Array): void;
}

/** Where a row is added up. */
interface Target {
  readonly geometry: Geometry;
  readonly taps: number;
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
  const taps = tapCount(geometry);
  const outPerGroup = geometry.outChannels / geometry.groups;
  const still = geometry.axes.map(() => 0);
  return {
    geometry,
    length: channels * taps,
    fill: (o, row) => {
      row.fill(0);
      add(o, 1, { geometry, taps, row, firstChannel: Math.floor(o / outPerGroup) * channels }, still);
    },
  };
}

function compile(expr: KernelExpr, read: TensorReader): AddRow {
  switch (expr.kind) {
    case 'conv':
      return storedTaps(expr.geometry, read(expr.weight));
    case 'convTranspose':
      return transposedTaps(expr.geometry, read(expr.weight));
    case 'linear':
      return expr.transposed
        ? storedTaps(expr.geometry, read(expr.weight))
        : storedColumns(expr.geometry, read(expr.weight));
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

function storedTaps(geometry: Geometry, weight: Tensor): AddRow {
  const taps = tapCount(geometry);
  const width = channelsPerGroup(geometry);
  const outPerGroup = geometry.outChannels / geometry.groups;
  const stored = floatRows(weight, width * taps);
  return (o, factor, target, shift) => {
    const channel = Math.floor(o / outPerGroup) * width - target.firstChannel;
    const places = tapPlaces(geometry, target, shift);
    if (places.length === target.taps && places.every((place, tap) => place === tap)) {
      addStretch(target.row, channel * taps, stored(o), factor);
    } else {
      addTaps(target, channel, stored(o), places, factor);
    }
  };
}

/** Row o of a ConvTranspose's kernel [inChannels, outChannels/groups, …taps]: its taps for each input channel of the group. */
function transposedTaps(geometry: Geometry, weight: Tensor): AddRow {
  const taps = tapCount(geometry);
  const width = channelsPerGroup(geometry);
  const outPerGroup = geometry.outChannels / geometry.groups;
  const stored = floatRows(weight, taps);
  return (o, factor, target) => {
    const first = Math.floor(o / outPerGroup) * width;
    for (let i = first; i < first + width; i++) {
      addStretch(
        target.row,
        (i - target.firstChannel) * taps,
        stored(i * outPerGroup + (o % outPerGroup)),
        factor,
      );
    }
  };
}

/** The columns of a stored matrix [inChannels, outChannels]. */
function storedColumns(geometry: Geometry, weight: Tensor): AddRow {
  const { inChannels, outChannels } = geometry;
  const stored = readElements(weight.dtype, weight.bytes(), 0, inChannels * outChannels);
  return (o, factor, target, shift) => {
    const [place = 0] = tapPlaces(geometry, target, shift);
    for (let i = 0, from = o; i < inChannels; i++, from += outChannels) {
      const to = (i - target.firstChannel) * target.taps + place;
      target.row[to] = (target.row[to] as number) + factor * (stored[from] as number);
    }
  };
}

/** row[at + i] += factor · values[i]: the loop that nearly all of a fusion's time goes into. */
function addStretch(row: Float64Array, at: number, values: FloatRow, factor: number): void {
  const count = values.length;
  // indices that start at 0 for both arrays keep the bounds checks out of the loop
  const target = count === row.length ? row : row.subarray(at, at + count);
  let i = 0;
  // four at a time: a fifth less, since the engine looks for interrupts at each turn of a loop
  for (; i + 4 <= count; i += 4) {
    target[i] = (target[i] as number) + factor * (values[i] as number);
    target[i + 1] = (target[i + 1] as number) + factor * (values[i + 1] as number);
    target[i + 2] = (target[i + 2] as number) + factor * (values[i + 2] as number);
    target[i + 3] = (target[i + 3] as number) + factor * (values[i + 3] as number);
  }
  for (; i < count; i++) target[i] = (target[i] as number) + factor * (values[i] as number);
}

/** row[channel + i][places[tap]] += factor · values[i][tap]. */
function addTaps(
  { row, taps }: Target,
  channel: number,
  values: FloatRow,
  places: readonly number[],
  factor: number,
): void {
  const width = places.length;
  for (let tap = 0; tap < width; tap++) {
    let to = channel * taps + (places[tap] as number);
    for (let from = tap; from < values.length; from += width, to += taps) {
      row[to] = (row[to] as number) + factor * (values[from] as number);
    }
  }
}

function depthwiseTaps(geometry: Geometry, value: number): AddRow {
  return (o, factor, target, shift) => {
    const start = (o - target.firstChannel) * target.taps;
    for (const place of tapPlaces(geometry, target, shift)) {
      const at = start + place;
      target.row[at] = (target.row[at] as number) + factor * value;
    }
  };
}

/** Row o of L₂ ∘ L₁: Σ over the taps of row o of L₂ of rows of L₁, shifted by stride₁ · offset₂. */
function composedTaps(expr: KernelExpr & { readonly kind: 'compose' }, read: TensorReader): AddRow {
  const add = compile(expr.first, read);
  const then = kernelRows(expr.then, read);
  const outer = expr.then.geometry;
  const channels = channelsPerGroup(outer);
  const outPerGroup = outer.outChannels / outer.groups;
  const row = new Float64Array(then.length);
  const offsets = tapOffsets(outer).map((offset) =>
    offset.map((value, place) => value * (expr.first.geometry.axes[place]?.stride ?? 1)),
  );
  const dense = channels < FEW_CHANNELS ? null : denseRows(expr.first, read);
  return (o, factor, target, shift) => {
    then.fill(o, row);
    const firstMiddle = Math.floor(o / outPerGroup) * channels;
    const moved = offsets.map((offset) => offset.map((value, place) => value + (shift[place] as number)));
    if (dense !== null && target.firstChannel === 0) {
      addDense(dense, target, moved, row, { channels, firstMiddle, factor });
      return;
    }
    moved.forEach((offset, tap) => {
      for (let m = 0; m < channels; m++) {
        const weight = row[m * offsets.length + tap] as number;
        if (weight !== 0) add(firstMiddle + m, factor * weight, target, offset);
      }
    });
  };
}

/** Moving the sums out and back costs more than so few products (an average pool reads one channel at a time). */
const FEW_CHANNELS = 8;

/** The same for an inner operator that is a matrix. Taps that may meet at one place are added one after the other. */
function addDense(
  dense: DenseRows,
  target: Target,
  shifts: readonly (readonly number[])[],
  weights: Float64Array,
  { channels, firstMiddle, factor }: { channels: number; firstMiddle: number; factor: number },
): void {
  const sums = shifts.map((shift, at) => ({
    places: tapPlaces(dense.geometry, target, shift),
    values: new Float64Array(dense.length),
    weights,
    at,
    stride: shifts.length,
    factor,
  }));
  for (const batch of tapCount(dense.geometry) === 1 ? [sums] : sums.map((sum) => [sum])) {
    for (const { places, values } of batch) moveTaps(target, places, values, 'out');
    addRows(dense, firstMiddle, channels, batch);
    for (const { places, values } of batch) moveTaps(target, places, values, 'back');
  }
}

/** Copies the places that a kernel's taps have in the target into a row of their own, or back. */
function moveTaps(
  { row, taps }: Target,
  places: readonly number[],
  values: Float64Array,
  way: 'out' | 'back',
): void {
  const width = places.length;
  for (let tap = 0; tap < width; tap++) {
    let there = places[tap] as number;
    for (let here = tap; there < row.length && here < values.length; here += width, there += taps) {
      if (way === 'out') values[here] = row[there] as number;
      else row[there] = values[here] as number;
    }
  }
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
