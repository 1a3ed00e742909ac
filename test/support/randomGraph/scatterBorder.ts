import type { Emitter, Value } from './emitter';
import type { BorderFill } from './recipe';
import { pad } from './windows';

export interface Border {
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

/**
 * Pads with zeros, then writes each row and column of the border, as exporters of PyTorch write slice assignments: by a
 * row's number with the axis in front, or by the numbers of all its elements. The wrong ones do something else last.
 */
export function filledByScatter(e: Emitter, value: Value, { begin, end }: Border, fill: BorderFill): Value {
  const bias = e.lastBias(value.channels);
  let current = pad(e, value, begin, end, 'constant');
  const places = begin.flatMap((amount, axis) => [
    ...Array.from({ length: amount }, (_, i) => ({ axis, place: i })),
    ...Array.from({ length: end[axis]! }, (_, i) => ({ axis, place: -1 - i })),
  ]);
  // all numbers of elements are known only where all sizes are
  const isWritten =
    fill !== 'scatter' && fill !== 'wrongScatter' && !e.recipe.openBatch && !e.recipe.openSizes;
  const isWrong = fill !== 'scatter' && fill !== 'elements';
  const good = isWrong ? places.slice(0, -1) : places;
  for (const { axis, place } of good) {
    const name = isWritten
      ? writeElements(e, current, { axis, place, bias }, 'elements')
      : fillRow(e, current, axis, place, bias);
    current = { ...current, name };
  }
  if (!isWrong) return current;
  const { axis, place } = places[places.length - 1]!;
  if (isWritten) current = { ...current, name: writeElements(e, current, { axis, place, bias }, fill) };
  // else a forgotten row stays zero
  if (!isWritten || isReallyWrong(e, current, axis, fill)) e.decoy(current.name);
  return current;
}

/** A part may be all there is. */
function isReallyWrong(e: Emitter, { sizes }: Value, axis: number, fill: BorderFill): boolean {
  if (fill === 'partial') return axis < e.rank - 1 && sizes[0]![e.rank - 1]! > 1;
  if (fill === 'firstSample') return e.runs[0]!.batch > 1;
  return fill !== 'added' || e.recipe.opset >= 16;
}

interface Row {
  readonly axis: number;
  readonly place: number;
  readonly bias: readonly number[];
}

/** A row by the indices of all its elements, [N, C, …, 1, …, rank], as the TorchScript exporter writes it. */
function writeElements(e: Emitter, value: Value, { axis, place, bias }: Row, how: BorderFill): string {
  const size = value.sizes[0]!;
  const dims = [e.runs[0]!.batch, value.channels, ...size];
  let row = place >= 0 ? place : size[axis]! + place;
  // a row too many lies inside the image
  if (how === 'inside') row = place >= 0 ? row + 1 : row - 1;
  const shape = dims.map((dim, i) => (i === axis + 2 ? 1 : dim));
  if (how === 'firstSample') shape[0] = 1;
  if (how === 'partial') shape[shape.length - 1] = Math.max(1, shape[shape.length - 1]! - 1);
  const count = shape.reduce((product, dim) => product * dim, 1);
  const indices: number[] = [];
  const updates: number[] = [];
  for (let flat = 0; flat < count; flat++) {
    let rest = flat;
    const at = shape.map(() => 0);
    for (let i = shape.length - 1; i >= 0; i--) {
      at[i] = rest % shape[i]!;
      rest = Math.floor(rest / shape[i]!);
    }
    at[axis + 2] = row;
    indices.push(...at);
    updates.push(bias[at[1]!]! + (how === 'varied' && flat === count - 1 ? 0.5 : 0));
  }
  const attrs = how === 'added' && e.recipe.opset >= 16 ? { reduction: 'add' } : {};
  const inputs = [value.name, e.ints(indices, [...shape, dims.length]), e.floats(updates, shape)];
  return e.node('ScatterND', inputs, attrs, { tag: 'border ScatterND elements' });
}

/** Puts the axis first, writes one row of it, and puts it back. */
function fillRow(e: Emitter, value: Value, axis: number, place: number, bias: readonly number[]): string {
  const swapped = axis + 2;
  const perm = Array.from({ length: e.rank + 2 }, (_, i) => i);
  [perm[0], perm[swapped]] = [swapped, 0];
  const attrs = { perm: { ints: perm } };
  const tag = { tag: 'border ScatterND' };
  const turned = e.node('Transpose', [value.name], attrs, tag);
  const row = [1, value.channels, ...new Array<number>(e.rank).fill(1)];
  const constant = e.floats(bias, row);
  const shape = e.node('Shape', [turned], {}, tag);
  const rest = e.node('Slice', [shape, e.ints([1]), e.ints([e.rank + 2])], {}, tag);
  const wanted = e.node('Concat', [e.ints([1]), rest], { axis: 0 }, tag);
  const updates = e.node('Expand', [constant, wanted], {}, tag);
  const indices = place >= 0 ? e.ints([place], [1, 1]) : rowFromEnd(e, shape, place);
  const written = e.node('ScatterND', [turned, indices, updates], {}, tag);
  return e.node('Transpose', [written], attrs, tag);
}

function rowFromEnd(e: Emitter, shape: string, place: number): string {
  const tag = { tag: 'border ScatterND' };
  const size = e.node('Slice', [shape, e.ints([0]), e.ints([1])], {}, tag);
  const index = e.node('Add', [size, e.ints([place])], {}, tag);
  return e.node('Reshape', [index, e.ints([1, 1])], {}, tag);
}
