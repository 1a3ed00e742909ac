import { stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { tensorValues } from '../../tensor/convert';
import { elementCount, rowMajorStrides, type Tensor } from '../../tensor/tensor';
import { typeOf, type Analysis } from '../analysis';
import { classCount, classOf, type Frame, type Image } from '../image';
import { isObstacle, obstacle, type Obstacle } from '../obstacle';

/** Borders are small beside images; more elements than this are no border, or an attack. */
const MAX_WRITES = 8_000_000;

/** Cells that a ScatterND writes, with the value of each channel. */
type BorderWrites = ReadonlyMap<number, Float64Array>;

/** A block's inner joins are interpreted again as parts of the outer ones; what a node writes stays the same. */
const cache = new WeakMap<Analysis, Map<string, BorderWrites | Obstacle>>();

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
  const known = cache.get(analysis) ?? new Map<string, BorderWrites | Obstacle>();
  cache.set(analysis, known);
  const key = JSON.stringify([node.name, frame.pads, image.order]);
  const writes = known.get(key) ?? borderWrites(node, image, frame, analysis);
  known.set(key, writes);
  if (isObstacle(writes)) return writes;
  return frame.cells.map((before, cell) => writes.get(cell) ?? before);
}

function borderWrites(node: Node, image: Image, frame: Frame, analysis: Analysis): BorderWrites | Obstacle {
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
  const failed = writeAll(border, indices, updates, sizes) ?? border.incomplete();
  return failed === null ? border.vectors() : refuse(failed);
}

/** Goes through all written elements; the sentence's end where something is no border. */
function writeAll(
  border: BorderWriter,
  indices: Tensor,
  updates: Tensor,
  sizes: readonly number[],
): string | null {
  const depth = indices.dims[indices.dims.length - 1] ?? 0;
  const rest = sizes.slice(depth);
  const slice = elementCount(rest);
  const tuples = elementCount(indices.dims.slice(0, -1));
  if (depth < 1 || depth > sizes.length || tuples * slice !== elementCount(updates.dims))
    return 'has indices that do not fit its data';
  const places = tensorValues(indices);
  const values = tensorValues(updates);
  const strides = rowMajorStrides(rest);
  const at = new Int32Array(sizes.length);
  for (let tuple = 0; tuple < tuples; tuple++) {
    for (let axis = 0; axis < depth; axis++) {
      const size = sizes[axis] as number;
      const place = places[tuple * depth + axis] as number;
      const index = place < 0 ? place + size : place;
      if (!(index >= 0 && index < size)) return 'has an index outside its data';
      at[axis] = index;
    }
    for (let inner = 0; inner < slice; inner++) {
      for (let axis = 0; axis < rest.length; axis++) {
        at[depth + axis] = Math.floor(inner / (strides[axis] as number)) % (rest[axis] as number);
      }
      const failed = border.write(at, values[tuple * slice + inner] as number);
      if (failed !== null) return failed;
    }
  }
  return null;
}

/** What was written of one cell. */
interface Cell {
  readonly number: number;
  readonly vector: Float64Array;
  written: number;
}

/** Collects writes cell by cell. */
class BorderWriter {
  private readonly cells = new Map<number, Cell>();
  /** The cell of the last write: the next one is nearly always in it too. */
  private current: Cell | null = null;
  /** For each axis of the tensor, and each place on it, what it adds to the number of the cell. */
  private readonly cellOf: readonly (Int32Array | null)[];
  private readonly channelAxis: number;
  private readonly inside: number;
  private readonly strides: readonly number[];
  /** Elements of each cell: product over the axes of the number of places in its class. */
  private readonly sizes: readonly number[];
  private last = -1;

  constructor(
    private readonly frame: Frame,
    image: Image,
    private readonly actual: readonly number[],
  ) {
    const order = image.order ?? actual.map((_, axis) => axis);
    this.channelAxis = order.indexOf(1);
    this.strides = rowMajorStrides(actual);
    this.sizes = order.map((_, logical) => actual[order.indexOf(logical)] as number);
    const cellStrides = rowMajorStrides(frame.pads.map(classCount));
    this.inside = frame.pads.reduce(
      (cell, pads, place) => cell + pads.begin * (cellStrides[place] as number),
      0,
    );
    this.cellOf = order.map((logical, axis) => {
      const pads = frame.pads[logical - 2];
      if (pads === undefined) return null;
      const size = actual[axis] as number;
      return Int32Array.from(
        { length: size },
        (_, place) => classOf(pads, size, place) * (cellStrides[logical - 2] as number),
      );
    });
  }

  /** Notes one written element; the sentence's end where it is no border. */
  write(at: Int32Array, value: number): string | null {
    let flat = 0;
    let cell = 0;
    for (let axis = 0; axis < at.length; axis++) {
      const place = at[axis] as number;
      flat += place * (this.strides[axis] as number);
      cell += this.cellOf[axis]?.[place] ?? 0;
    }
    // exporters write in ascending order, and so "no element twice" needs no memory of what was written
    if (flat <= this.last) return 'writes its elements in an order that is not ascending';
    this.last = flat;
    if (cell === this.inside) return 'writes inside the image, not only on its border';
    const target = this.current?.number === cell ? this.current : this.cell(cell);
    this.current = target;
    const channel = at[this.channelAxis] as number;
    const before = target.vector[channel] as number;
    if (Number.isNaN(before) ? Number.isNaN(value) : before !== value)
      return 'writes values on the border that differ from place to place';
    target.vector[channel] = value;
    target.written += 1;
    return null;
  }

  private cell(number: number): Cell {
    let cell = this.cells.get(number);
    if (cell === undefined) {
      const vector = new Float64Array(this.actual[this.channelAxis] as number).fill(NaN);
      cell = { number, vector, written: 0 };
      this.cells.set(number, cell);
    }
    return cell;
  }

  /** The value of each channel in the cells that were written. */
  vectors(): BorderWrites {
    return new Map([...this.cells.values()].map(({ number, vector }) => [number, vector]));
  }

  /** The sentence's end where a touched cell was not written as a whole. */
  incomplete(): string | null {
    for (const { number, written } of this.cells.values()) {
      if (written !== this.cellSize(number)) return 'writes only a part of a border row';
    }
    return null;
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
