import type { Call, LoweringTable } from './call';
import { transposeBy } from './layout';
import { isWhole } from './slicing';

/** What a write makes of the tensor that is written to: the functional forms of `copy_`, `fill_` and of writes to a part. */

function copy(call: Call): string {
  const { dtype } = call.type('self');
  const value = call.operand('src', dtype);
  return sameShape(call, 'src') ? value : expanded(call, value);
}

function fill(call: Call): string {
  return expanded(call, call.operand('value', call.type('self').dtype));
}

function zero(call: Call): string {
  return expanded(call, call.scalar(0, call.type('self').dtype));
}

function sameShape(call: Call, name: string): boolean {
  const [own, other] = [call.dims('self'), call.dims(name)];
  return own.length === other.length && own.every((dim, axis) => dim !== null && dim === other[axis]);
}

function expanded(call: Call, value: string): string {
  const dims = call.dims('self');
  const sizes = dims.filter((dim) => typeof dim === 'number');
  // what is written over is often empty memory, which nothing could compute
  const shape = sizes.length === dims.length ? call.list(sizes) : call.emit('Shape', [call.tensor('self')]);
  return call.emit('Expand', [value, shape]);
}

function sliceScatter(call: Call): string {
  const value = call.operand('src', call.type('self').dtype);
  return writtenSlice(call, call.tensor('self'), value, call.dims('src'));
}

function selectScatter(call: Call): string {
  return writtenSelection(call, call.tensor('self'), call.operand('src', call.type('self').dtype));
}

/** `viewed` after `value` was written to the slice that the call's arguments say. @param dims of the value. */
export function writtenSlice(
  call: Call,
  viewed: string,
  value: string,
  dims: readonly unknown[] | null,
): string {
  if (isWhole(call)) return value;
  const axis = call.axis('dim', call.rank('self'), 0);
  return scatter(call, viewed, value, axis, slicedPlaces(call, axis, dims?.[axis]));
}

/** The places that a slice with constant bounds takes; from the end where only that is known. */
function slicedPlaces(call: Call, axis: number, count: unknown): readonly number[] {
  const step = call.int('step', 1);
  const size = call.dims('self')[axis];
  const start = call.int('start', 0);
  const from = start < 0 && typeof size === 'number' ? Math.max(0, start + size) : start;
  if (typeof count !== 'number') return call.cannot('writes to a slice of open size');
  if (!(count <= MOST_PLACES)) return call.cannot('writes to a very large slice');
  return Array.from({ length: count }, (_, place) => from + place * step);
}

const MOST_PLACES = 2 ** 20;

/** `viewed` after `value` was written to one index of an axis. */
export function writtenSelection(call: Call, viewed: string, value: string): string {
  const axis = call.axis('dim', call.rank('self'));
  const size = call.dims('self')[axis];
  const index = call.int('index');
  const place = index < 0 && typeof size === 'number' ? index + size : index;
  return scatter(call, viewed, call.emit('Unsqueeze', [value, call.list([axis])]), axis, [place]);
}

/** Writes whole slices at some places of an axis: a ScatterND on the first axis, as PyTorch's own exporter has it. */
function scatter(call: Call, viewed: string, value: string, axis: number, places: readonly number[]): string {
  const rest = call.dims('self').flatMap((_, other) => (other === axis ? [] : [other]));
  const perm = [axis, ...rest];
  const indices = call.emit('Unsqueeze', [call.list(places), call.list([1])]);
  const inputs = [transposeBy(call, viewed, perm), indices, transposeBy(call, value, perm)];
  return transposeBy(call, call.emit('ScatterND', inputs), inverse(perm));
}

/** The order of axes that undoes another. */
export function inverse(perm: readonly number[]): readonly number[] {
  const result = new Array<number>(perm.length);
  perm.forEach((axis, place) => (result[axis] = place));
  return result;
}

export const writingLowerings: LoweringTable = {
  'aten.copy': copy,
  'aten.fill': fill,
  'aten.zero': zero,
  'aten.slice_scatter': sliceScatter,
  'aten.select_scatter': selectScatter,
};
