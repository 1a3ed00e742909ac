import { stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { readElements } from '../../tensor/convert';
import { elementCount, rowMajorStrides, type Tensor } from '../../tensor/tensor';
import { typeOf, type Analysis } from '../analysis';
import { classCount, classOf, type Frame, type Image } from '../image';
import { obstacle, type Obstacle } from '../obstacle';

/** Borders are small beside images; more elements than this are no border, or an attack. */
const MAX_WRITES = 8_000_000;

/**
 * The cells of a frame after a ScatterND with constant indices and updates. Each cell that it touches must be written as a
 * whole, for every sample of the batch, with one value a channel; the inside must not be touched.
 */
export function overwriteBorder(
  node: Node,
  image: Image,
  frame: Frame,
  analysis: Analysis,
): readonly Float64Array[] | Obstacle {
  const { constants } = analysis.facts;
  const indices = constants.get(node.inputs[1] ?? '');
  const updates = constants.get(node.inputs[2] ?? '');
  const dims = typeOf(analysis, node.inputs[0] ?? '')?.dims ?? null;
  const sizes = dims?.flatMap((dim) => (typeof dim === 'number' ? [dim] : [])) ?? [];
  const refuse = (why: string): Obstacle =>
    obstacle('border-mismatch', `"${node.name}" (ScatterND) ${why}.`, node);
  if (indices === undefined || updates === undefined)
    return refuse('writes values that are not constants of the model');
  if (dims === null || sizes.length !== dims.length)
    return refuse('writes into a tensor whose size the model leaves open');
  if (stringAttribute(node, 'reduction', 'none') !== 'none')
    return refuse('adds to the border instead of writing it');
  if (elementCount(updates.dims) > MAX_WRITES || elementCount(indices.dims) > MAX_WRITES)
    return refuse('writes too much to be a border');
  const border = new BorderWriter(frame, image, sizes);
  const failed = writeAll(border, indices, updates, sizes);
  return failed === null ? border.finish(refuse) : refuse(failed);
}

/** Goes through all written elements; the sentence's end where something is no border. */
function writeAll(
  border: BorderWriter,
  indices: Tensor,
  updates: Tensor,
  sizes: readonly number[],
): string | null {
  const depth = indices.dims[indices.dims.length - 1] ?? 0;
  const slice = elementCount(sizes.slice(depth));
  const tuples = elementCount(indices.dims.slice(0, -1));
  if (depth < 1 || depth > sizes.length || tuples * slice !== elementCount(updates.dims))
    return 'has indices that do not fit its data';
  const places = readElements(indices.dtype, indices.bytes(), 0, tuples * depth);
  const values = readElements(updates.dtype, updates.bytes(), 0, tuples * slice);
  const strides = rowMajorStrides(sizes);
  for (let tuple = 0; tuple < tuples; tuple++) {
    let start = 0;
    for (let axis = 0; axis < depth; axis++) {
      const size = sizes[axis] as number;
      const place = places[tuple * depth + axis] as number;
      const index = place < 0 ? place + size : place;
      if (index < 0 || index >= size) return 'has an index outside its data';
      start += index * (strides[axis] as number);
    }
    for (let at = 0; at < slice; at++) {
      const failed = border.write(start + at, values[tuple * slice + at] as number);
      if (failed !== null) return failed;
    }
  }
  return null;
}

interface TouchedCell {
  readonly vector: Float64Array;
  written: number;
}

/** Collects writes cell by cell. */
class BorderWriter {
  private readonly touched = new Map<number, TouchedCell>();
  private readonly strides: readonly number[];
  /** Sizes in the operator's order [N, C, …spatial], and the tensor's axis of each. */
  private readonly sizes: readonly number[];
  private readonly axisOf: readonly number[];
  private last = -1;

  constructor(
    private readonly frame: Frame,
    image: Image,
    private readonly actual: readonly number[],
  ) {
    const rank = actual.length;
    const order = image.order ?? Array.from({ length: rank }, (_, axis) => axis);
    this.axisOf = order.map((_, logical) => order.indexOf(logical));
    this.sizes = this.axisOf.map((axis) => actual[axis] as number);
    this.strides = rowMajorStrides(actual);
  }

  /** Notes one written element; the sentence's end where it is no border. */
  write(flat: number, value: number): string | null {
    // exporters write in ascending order, and so "no element twice" needs no memory of what was written
    if (flat <= this.last) return 'writes its elements in an order that is not ascending';
    this.last = flat;
    const coordinate = (logical: number): number => {
      const axis = this.axisOf[logical] as number;
      return Math.floor(flat / (this.strides[axis] as number)) % (this.actual[axis] as number);
    };
    let cell = 0;
    let inside = true;
    this.frame.pads.forEach((pads, place) => {
      const own = classOf(pads, this.sizes[place + 2] as number, coordinate(place + 2));
      inside &&= own === pads.begin;
      cell = cell * classCount(pads) + own;
    });
    if (inside) return 'writes inside the image, not only on its border';
    const channel = coordinate(1);
    const entry = this.entry(cell);
    const before = entry.vector[channel] as number;
    if (!Number.isNaN(before) && before !== value)
      return 'writes values on the border that differ from place to place';
    entry.vector[channel] = value;
    entry.written += 1;
    return null;
  }

  /** The frame's cells with those written replaced; each must have been written as a whole. */
  finish(refuse: (why: string) => Obstacle): readonly Float64Array[] | Obstacle {
    const cells = [...this.frame.cells];
    for (const [cell, { vector, written }] of this.touched) {
      if (written !== this.cellSize(cell)) return refuse('writes only a part of a border row');
      cells[cell] = vector;
    }
    return cells;
  }

  private entry(cell: number): TouchedCell {
    let entry = this.touched.get(cell);
    if (entry === undefined) {
      entry = { vector: new Float64Array(this.sizes[1] as number).fill(NaN), written: 0 };
      this.touched.set(cell, entry);
    }
    return entry;
  }

  /** Elements of a cell in the whole batch, all channels. */
  private cellSize(cell: number): number {
    let rest = cell;
    let size = (this.sizes[0] as number) * (this.sizes[1] as number);
    for (let place = this.frame.pads.length - 1; place >= 0; place--) {
      const pads = this.frame.pads[place] as { begin: number; end: number };
      const own = rest % classCount(pads);
      rest = Math.floor(rest / classCount(pads));
      if (own === pads.begin) size *= (this.sizes[place + 2] as number) - pads.begin - pads.end;
    }
    return size;
  }
}
