import assert from 'node:assert/strict';
import type { Axis } from '../../../src/core/algebra/geometry/axis';
import { channelsPerGroup, type Geometry } from '../../../src/core/algebra/geometry/geometry';
import { biasVector } from '../../../src/core/algebra/kernel/bias';
import type { KernelExpr } from '../../../src/core/algebra/kernel/kernelExpr';
import { kernelRows } from '../../../src/core/algebra/kernel/kernelRows';
import type { TensorReader } from '../../../src/core/algebra/kernel/vectorExpr';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import type { Model } from '../../../src/core/ir/model';
import { elementCount, type NdArray } from '../../../src/core/tensor/tensor';
import { decodeBuilt, type NodeSpec, type TensorSpec } from '../../support/onnxBuilder';

/** A graph from "x" to "y" in float64, whose constants a kernel expression reads by the same names. */
export interface Reference {
  readonly constants: Readonly<Record<string, TensorSpec>>;
  readonly nodes: readonly NodeSpec[];
}

/** Numbers without a pattern that a mistake could hide behind, the same in each run. */
export function noise(seed: number): (index: number) => number {
  return (index) => (((index + 1) * 7919 + seed * 104729) % 2003) / 1001 - 1;
}

export function doubles(dims: readonly number[], seed: number): TensorSpec {
  return { dtype: 'float64', dims, data: noise(seed) };
}

/** Variances and other numbers above zero. */
export function positives(count: number, seed: number): TensorSpec {
  const value = noise(seed);
  return { dtype: 'float64', dims: [count], data: (index) => 1.5 + value(index) };
}

export function referenceModel({ constants, nodes }: Reference, channels: number, rank: number): Model {
  const sizes = Array.from({ length: rank }, (_, axis) => `S${axis}`);
  return decodeBuilt({
    inputs: { x: ['float64', ['N', channels, ...sizes]] },
    outputs: { y: ['float64', null] },
    initializers: constants,
    nodes,
  });
}

export function readerOf(model: Model): TensorReader {
  return (name) => {
    const tensor = model.graph.initializers.get(name);
    assert.ok(tensor, name);
    return tensor;
  };
}

/** Far enough from every border for the kernels of these tests, whose offsets stay below 8. */
const SIZE = 17;
const MIDDLE = 8;

/**
 * Asserts that an expression's rows and bias are the impulse response of a graph: 1 at one place of one input channel gives,
 * at each output, the weight of the tap that reads that place. float64 against float64, a few dozen products: 1e-12 is
 * some hundred roundings of numbers near 1.
 */
export function assertImpulseResponse(expr: KernelExpr, reference: Reference): void {
  const { geometry } = expr;
  const model = referenceModel(reference, geometry.inChannels, geometry.axes.length);
  const read = readerOf(model);
  const dims = [1, geometry.inChannels, ...geometry.axes.map(() => SIZE)];
  const run = (data: Float64Array): NdArray =>
    evaluateGraph(model, new Map([['x', { dtype: 'float64', dims, data }]])).get('y')!;
  const still = run(new Float64Array(elementCount(dims)));
  const perImage = elementCount(still.dims.slice(2));
  const bias = biasVector(expr, read);
  const rows = kernelRows(expr, read);
  const row = new Float64Array(rows.length);
  const centre = middleOutput(geometry.axes, still.dims.slice(2));
  let seen = 0;
  for (let channel = 0; channel < geometry.inChannels; channel++) {
    for (const shift of shifts(geometry.axes)) {
      const data = new Float64Array(elementCount(dims));
      const at = shift.map((value, axis) => centre[axis]! * geometry.axes[axis]!.stride + value);
      data[flat([channel, ...at], [geometry.inChannels, ...dims.slice(2)])] = 1;
      const response = run(data);
      for (let o = 0; o < geometry.outChannels; o++) {
        rows.fill(o, row);
        const place = o * perImage + flat(centre, still.dims.slice(2));
        const expected = response.data[place]! - still.data[place]!;
        assert.ok(
          Math.abs(weightAt(geometry, row, o, channel, shift) - expected) < 1e-12,
          `${o} ${channel} ${shift}`,
        );
        assert.ok(Math.abs(bias[o]! - still.data[place]!) < 1e-12, `bias ${o}`);
        if (expected !== 0) seen += 1;
      }
    }
  }
  assert.ok(seen > 0, 'some weight is not zero');
}

function middleOutput(axes: readonly Axis[], sizes: readonly number[]): number[] {
  return axes.map((axis, place) => Math.min(sizes[place]! - 1, Math.floor(MIDDLE / axis.stride)));
}

/** Offsets of the lattice and of its gaps, with one more on each side. */
function shifts(axes: readonly Axis[]): number[][] {
  return axes.reduce<number[][]>(
    (lists, axis) => {
      const last = axis.first + (axis.count - 1) * axis.step + 1;
      const own = Array.from({ length: last - axis.first + 2 }, (_, i) => axis.first - 1 + i);
      return lists.flatMap((list) => own.map((value) => [...list, value]));
    },
    [[]],
  );
}

/** The row's weight for an input channel and offset: 0 outside its group and off its lattice. */
function weightAt(
  geometry: Geometry,
  row: Float64Array,
  o: number,
  channel: number,
  shift: number[],
): number {
  const width = channelsPerGroup(geometry);
  const group = Math.floor(o / (geometry.outChannels / geometry.groups));
  if (Math.floor(channel / width) !== group) return 0;
  const taps = geometry.axes.map((axis, place) => (shift[place]! - axis.first) / axis.step);
  const isTap = taps.every(
    (tap, place) => Number.isInteger(tap) && tap >= 0 && tap < geometry.axes[place]!.count,
  );
  if (!isTap) return 0;
  return row[flat([channel % width, ...taps], [width, ...geometry.axes.map((axis) => axis.count)])]!;
}

function flat(index: readonly number[], dims: readonly number[]): number {
  return index.reduce((at, value, axis) => at * dims[axis]! + value, 0);
}
