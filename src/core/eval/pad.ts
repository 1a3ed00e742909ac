import { floatAttribute, stringAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { rowMajorStrides } from '../tensor/tensor';
import {
  badInput,
  input,
  intsOf,
  normalizeAxis,
  scalarInput,
  unsupported,
  type Kernel,
  type KernelTable,
} from './kernel';
import { ndArray, product, range } from './strided';

/** Where along one axis a padded element comes from; −1: outside. */
type Source = (place: number) => number;

/**
 * Negative pads crop first; what is left is then extended. `reflect` does not repeat the border, `edge` repeats it for
 * ever, `wrap` starts again from the other side.
 */
const pad: Kernel = (call) => {
  const x = input(call, 0);
  const rank = x.dims.length;
  const pads = intsOf(call, 'pads', 1) ?? badInput(call.node, 'has no pads');
  const axes = intsOf(call, 'axes', 3)?.map((axis) => normalizeAxis(call.node, axis, rank)) ?? range(rank);
  const value = scalarInput(call, 2) ?? floatAttribute(call.node, 'value', 0);
  const mode = stringAttribute(call.node, 'mode', 'constant');
  const dims = [...x.dims];
  const sources: Source[] = x.dims.map(() => (place) => place);
  axes.forEach((axis, i) => {
    const size = x.dims[axis] as number;
    const begin = pads[i] ?? 0;
    const end = pads[i + axes.length] ?? 0;
    dims[axis] = size + begin + end;
    sources[axis] = source(call.node, mode, size, begin, end);
  });
  const strides = rowMajorStrides(x.dims);
  const table = dims.map((dim, axis) =>
    range(dim).map((place) => {
      const from = (sources[axis] as Source)(place);
      return from < 0 ? -1 : from * (strides[axis] as number);
    }),
  );
  return [ndArray(x.dtype, dims, readTable(x.data, dims, table, value))];
};

function source(node: Node, mode: string, size: number, begin: number, end: number): Source {
  // what negative pads leave: [low, high)
  const low = Math.max(0, -begin);
  const high = size - Math.max(0, -end);
  const length = high - low;
  const within = (place: number) => place - begin - low;
  switch (mode) {
    case 'constant':
      return (place) => (within(place) >= 0 && within(place) < length ? within(place) + low : -1);
    case 'edge':
      return (place) => low + Math.min(length - 1, Math.max(0, within(place)));
    case 'wrap':
      return (place) => low + modulo(within(place), length);
    case 'reflect':
      return (place) => {
        const period = Math.max(1, 2 * (length - 1));
        const folded = modulo(within(place), period);
        return low + (folded < length ? folded : period - folded);
      };
    default:
      return unsupported(node, `has mode = "${mode}"`);
  }
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** Element (i0, i1, …) of the result is `data[Σ table[axis][i]]`, or `value` where one of them is −1. */
function readTable(
  data: Float64Array,
  dims: readonly number[],
  table: readonly (readonly number[])[],
  value: number,
): Float64Array {
  const inner = table[dims.length - 1] ?? [0];
  let rows = [0];
  for (const own of table.slice(0, -1)) {
    rows = rows.flatMap((before) => own.map((next) => (before < 0 || next < 0 ? -1 : before + next)));
  }
  const out = new Float64Array(product(dims)).fill(value);
  rows.forEach((row, place) => {
    if (row < 0) return;
    inner.forEach((from, i) => {
      if (from >= 0) out[place * inner.length + i] = data[row + from] as number;
    });
  });
  return out;
}

export const padKernels: KernelTable = { Pad: pad };
