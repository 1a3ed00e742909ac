import { biasVector } from '../../algebra/kernel/bias';
import type { KernelExpr } from '../../algebra/kernel/kernelExpr';
import { kernelRows } from '../../algebra/kernel/kernelRows';
import type { TensorReader } from '../../algebra/kernel/vectorExpr';
import { fromNdArray, writeElements } from '../../tensor/convert';
import { bytesPerElement, type DType } from '../../tensor/dtype';
import { joinPieces } from '../../tensor/joinBytes';
import { byteLength, type Tensor } from '../../tensor/tensor';
import type { TensorContent, TensorTemplate } from './dynamicStep';

/** A planned tensor: its numbers are computed in float64 and rounded once, when somebody reads them. */
export function bankTensor({ dims, content }: TensorTemplate, dtype: DType, read: TensorReader): Tensor {
  if (content.kind === 'numbers') {
    return fromNdArray({ dtype: content.dtype, dims, data: Float64Array.from(content.values) });
  }
  const pieces = (): Iterable<Uint8Array> => encoded(contentRows(content, read), dtype);
  return { dtype, dims, pieces, bytes: () => joinPieces(pieces(), byteLength({ dtype, dims })) };
}

/** The numbers of a bank, some at a time; an array is valid until the next one is asked for. */
export function* contentRows(
  content: Exclude<TensorContent, { readonly kind: 'numbers' }>,
  read: TensorReader,
): Iterable<Float64Array> {
  if (content.kind === 'biases') {
    yield* biasRows(content, read);
    return;
  }
  const { parts, geometry, byGroup } = content;
  const groups = byGroup ? geometry.groups : 1;
  const rows = parts.map((part) => kernelRows(part, read, geometry));
  const row = new Float64Array(rows[0]?.length ?? 0);
  for (const [part, o] of order(parts.length, geometry.outChannels, groups)) {
    rows[part]?.fill(o, row);
    yield row;
  }
}

function* biasRows(
  { parts, groups, repeat }: Extract<TensorContent, { readonly kind: 'biases' }>,
  read: TensorReader,
): Iterable<Float64Array> {
  const vectors = parts.map((part: KernelExpr) => biasVector(part, read));
  const places = [...order(parts.length, vectors[0]?.length ?? 0, groups)];
  const all = Float64Array.from(places, ([part, o]) => vectors[part]?.[o] ?? 0);
  for (let time = 0; time < repeat; time++) yield all;
}

/** Channels group by group, in each group part by part. */
function* order(parts: number, channels: number, groups: number): Iterable<readonly [number, number]> {
  const each = channels / groups;
  for (let group = 0; group < groups; group++) {
    for (let part = 0; part < parts; part++) {
      for (let o = group * each; o < (group + 1) * each; o++) yield [part, o];
    }
  }
}

/** Rows are written together until there are about as many bytes. */
const PIECE_BYTES = 2 ** 18;

function* encoded(rows: Iterable<Float64Array>, dtype: DType): Iterable<Uint8Array> {
  let waiting: Float64Array[] = [];
  let count = 0;
  for (const row of rows) {
    waiting.push(row.slice());
    count += row.length;
    if (count * bytesPerElement(dtype) >= PIECE_BYTES) {
      yield written(waiting, count, dtype);
      waiting = [];
      count = 0;
    }
  }
  if (count > 0) yield written(waiting, count, dtype);
}

function written(rows: readonly Float64Array[], count: number, dtype: DType): Uint8Array {
  const bytes = new Uint8Array(count * bytesPerElement(dtype));
  let at = 0;
  for (const row of rows) {
    writeElements(dtype, row, bytes, at);
    at += row.length;
  }
  return bytes;
}
