import { writeElements } from '../../tensor/convert';
import { bytesPerElement, largestFinite, type DType } from '../../tensor/dtype';
import { joinPieces } from '../../tensor/joinBytes';
import { byteLength, type Tensor } from '../../tensor/tensor';
import { toConvAxis, type ConvAxis } from '../geometry/axis';
import { channelsPerGroup, type Geometry, type Transposed } from '../geometry/geometry';
import { biasVector } from './bias';
import { kernelBound } from './kernelBound';
import type { KernelExpr } from './kernelExpr';
import { kernelRows, type KernelRows } from './kernelRows';
import type { TensorReader } from './vectorExpr';

/** A merged convolution: attributes now, numbers when asked for. */
export interface MergedConv {
  readonly geometry: Geometry;
  readonly axes: readonly ConvAxis[];
  readonly groups: number;
  /** [outChannels, inChannels/groups, …taps], computed in float64 and rounded once, at each call of `bytes()`. */
  readonly weight: Tensor;
  /** [outChannels]. */
  readonly bias: Tensor;
}

/** The operator as a Conv can hold it: no negative pads; zero taps are added instead. */
export function convGeometry(geometry: Geometry): {
  readonly geometry: Geometry;
  readonly axes: readonly ConvAxis[];
} {
  const { transposed } = geometry;
  if (transposed !== undefined) return { geometry, axes: transposedAxes(geometry, transposed) };
  const converted = geometry.axes.map(toConvAxis);
  return {
    geometry: { ...geometry, axes: converted.map(({ axis }) => axis) },
    axes: converted.map(({ conv }) => conv),
  };
}

/** Shape of the kernel tensor: Conv's [out, in/groups, …], or ConvTranspose's [in, out/groups, …]. */
export function kernelDims(geometry: Geometry): readonly number[] {
  const taps = geometry.axes.map((axis) => axis.count);
  if (geometry.transposed !== undefined)
    return [geometry.inChannels, geometry.outChannels / geometry.groups, ...taps];
  return [geometry.outChannels, channelsPerGroup(geometry), ...taps];
}

function transposedAxes(geometry: Geometry, transposed: Transposed): readonly ConvAxis[] {
  const rank = geometry.axes.length;
  return geometry.axes.map((axis, place) => ({
    kernel: axis.count,
    dilation: transposed.dilations[place] ?? 1,
    padBegin: transposed.pads[place] ?? 0,
    padEnd: transposed.pads[place + rank] ?? 0,
    stride: transposed.strides[place] ?? 1,
  }));
}

/** The convolution that equals `expr`, in the model's own type. */
export function mergedConv(expr: KernelExpr, dtype: DType, read: TensorReader): MergedConv {
  const { geometry, axes } = convGeometry(expr.geometry);
  const dims = kernelDims(geometry);
  const rows = (): KernelRows => kernelRows(expr, read, geometry);
  const pieces = (): Iterable<Uint8Array> =>
    geometry.transposed === undefined ? kernelPieces(rows(), dtype) : [transposedBytes(rows(), dtype)];
  return {
    geometry,
    axes,
    groups: geometry.groups,
    weight: {
      dtype,
      dims,
      bytes: () => joinPieces(pieces(), byteLength({ dtype, dims })),
      pieces,
    },
    bias: { dtype, dims: [geometry.outChannels], bytes: () => elementBytes(biasVector(expr, read), dtype) },
  };
}

/**
 * Whether a number of the merged kernel or bias is none, or larger than `dtype` can hold. Reads every weight; rows are
 * computed only where their bound does not say enough.
 */
export function overflows(expr: KernelExpr, dtype: DType, read: TensorReader): boolean {
  const limit = largestFinite(dtype);
  const tooLarge = (value: number): boolean => !(Math.abs(value) <= limit);
  if (biasVector(expr, read).some(tooLarge)) return true;
  if (kernelBound(expr, read) <= limit) return false;
  const rows = kernelRows(expr, read);
  const row = new Float64Array(rows.length);
  for (let o = 0; o < expr.geometry.outChannels; o++) {
    rows.fill(o, row);
    if (row.some(tooLarge)) return true;
  }
  return false;
}

function elementBytes(values: Float64Array, dtype: DType): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return bytes;
}

/** Rows are computed in pieces of about this size, so that a merged tensor never stands in memory as a whole. */
const PIECE_BYTES = 2 ** 20;

/** The merged kernel's bytes, some output channels at a time; a piece is valid until the next one is asked for. */
function* kernelPieces({ geometry, length, fill }: KernelRows, dtype: DType): Iterable<Uint8Array> {
  const rowBytes = length * bytesPerElement(dtype);
  const perPiece = Math.max(1, Math.floor(PIECE_BYTES / Math.max(1, rowBytes)));
  const row = new Float64Array(length);
  // one buffer for all: fresh memory costs the system more than the numbers cost us
  const buffer = new Uint8Array(Math.min(perPiece, geometry.outChannels) * rowBytes);
  for (let from = 0; from < geometry.outChannels; from += perPiece) {
    const count = Math.min(perPiece, geometry.outChannels - from);
    const piece = buffer.subarray(0, count * rowBytes);
    for (let o = 0; o < count; o++) {
      fill(from + o, row);
      writeElements(dtype, row, piece, o * length);
    }
    yield piece;
  }
}

/** Rows of the operator put back into ConvTranspose's layout [in, out/groups, …taps]. */
function transposedBytes({ geometry, length, fill }: KernelRows, dtype: DType): Uint8Array {
  const width = channelsPerGroup(geometry);
  const outPerGroup = geometry.outChannels / geometry.groups;
  const taps = length / width;
  const row = new Float64Array(length);
  const bytes = new Uint8Array(geometry.outChannels * length * bytesPerElement(dtype));
  for (let o = 0; o < geometry.outChannels; o++) {
    fill(o, row);
    const first = Math.floor(o / outPerGroup) * width;
    for (let i = 0; i < width; i++) {
      const at = ((first + i) * outPerGroup + (o % outPerGroup)) * taps;
      writeElements(dtype, row.subarray(i * taps, (i + 1) * taps), bytes, at);
    }
  }
  return bytes;
}
