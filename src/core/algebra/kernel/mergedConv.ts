import { writeElements } from '../../tensor/convert';
import { bytesPerElement, largestFinite, type DType } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';
import { toConvAxis, type ConvAxis } from '../geometry/axis';
import { channelsPerGroup, tapCount, type Geometry } from '../geometry/geometry';
import { biasVector } from './bias';
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
  const converted = geometry.axes.map(toConvAxis);
  return {
    geometry: { ...geometry, axes: converted.map(({ axis }) => axis) },
    axes: converted.map(({ conv }) => conv),
  };
}

/** The convolution that equals `expr`, in the model's own type. */
export function mergedConv(expr: KernelExpr, dtype: DType, read: TensorReader): MergedConv {
  const { geometry, axes } = convGeometry(expr.geometry);
  const dims = [geometry.outChannels, channelsPerGroup(geometry), ...geometry.axes.map((axis) => axis.count)];
  return {
    geometry,
    axes,
    groups: geometry.groups,
    weight: { dtype, dims, bytes: () => kernelBytes(kernelRows(expr, read, geometry), dtype) },
    bias: { dtype, dims: [geometry.outChannels], bytes: () => elementBytes(biasVector(expr, read), dtype) },
  };
}

/** The largest magnitude of the merged kernel and bias against what `dtype` can hold. Reads every weight. */
export function overflows(expr: KernelExpr, dtype: DType, read: TensorReader): boolean {
  const limit = largestFinite(dtype);
  const tooLarge = (value: number): boolean => !(Math.abs(value) <= limit);
  if (biasVector(expr, read).some(tooLarge)) return true;
  const rows = kernelRows(expr, read);
  for (let o = 0; o < expr.geometry.outChannels; o++) if (rows.row(o).some(tooLarge)) return true;
  return false;
}

function elementBytes(values: Float64Array, dtype: DType): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return bytes;
}

function kernelBytes(rows: KernelRows, dtype: DType): Uint8Array {
  const { geometry, channels } = rows;
  const taps = tapCount(geometry);
  const length = channels * taps;
  const bytes = new Uint8Array(geometry.outChannels * length * bytesPerElement(dtype));
  const turned = new Float64Array(length);
  for (let o = 0; o < geometry.outChannels; o++) {
    const row = rows.row(o);
    for (let tap = 0; tap < taps; tap++) {
      for (let i = 0; i < channels; i++) turned[i * taps + tap] = row[tap * channels + i] as number;
    }
    writeElements(dtype, turned, bytes, o * length);
  }
  return bytes;
}
