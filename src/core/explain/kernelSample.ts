import { hullAxis, gcd } from '../algebra/geometry/axis';
import { channelsPerGroup, tapCount, type Geometry } from '../algebra/geometry/geometry';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import { kernelRows } from '../algebra/kernel/kernelRows';
import type { TensorReader } from '../algebra/kernel/vectorExpr';
import { toNdArray } from '../tensor/convert';
import { bytesPerElement, isFloat } from '../tensor/dtype';
import type { Tensor } from '../tensor/tensor';

/** Some output channels of several kernels on one lattice of taps, row after row. */
export interface KernelSample {
  readonly geometry: Geometry;
  /** The output channels that the rows are of. */
  readonly channels: readonly number[];
  /** Elements of a row: input channels of one group × taps. */
  readonly length: number;
}

/** Numbers that all kernels of a block may hold together while they are compared. */
const MAX_NUMBERS = 1e6;

/** The lattice that holds the taps of both operators; null where they are not of one kind. */
export function commonSample(a: Geometry, b: Geometry, kernels: number): KernelSample | null {
  if (a.inChannels !== b.inChannels || a.outChannels !== b.outChannels) return null;
  if (a.axes.length !== b.axes.length) return null;
  if (a.transposed !== undefined || b.transposed !== undefined) {
    if (JSON.stringify([a.transposed, a.axes]) !== JSON.stringify([b.transposed, b.axes])) return null;
  }
  const axes = a.axes.map((axis, place) => hullAxis([axis, b.axes[place] ?? axis]));
  const geometry = { ...a, groups: gcd(a.groups, b.groups), axes };
  const length = channelsPerGroup(geometry) * tapCount(geometry);
  const affordable = Math.max(1, Math.floor(MAX_NUMBERS / (length * kernels)));
  const step = Math.max(1, Math.ceil(a.outChannels / affordable));
  const channels = Array.from({ length: Math.ceil(a.outChannels / step) }, (_, i) => i * step);
  return { geometry, channels, length };
}

/** The sampled rows of a kernel, in float64. */
export function sampleRows(
  expr: KernelExpr,
  { geometry, channels, length }: KernelSample,
  read: TensorReader,
): Float64Array {
  const rows = kernelRows(expr, read, geometry);
  const all = new Float64Array(channels.length * length);
  channels.forEach((channel, i) => {
    rows.fill(channel, all.subarray(i * length, (i + 1) * length));
  });
  return all;
}

/** The tensors with their signs taken off: what the rounding of a kernel is measured by. */
export function absoluteReader(read: TensorReader): TensorReader {
  const known = new Map<string, Tensor>();
  return (name) => {
    const made = known.get(name) ?? absolute(read(name));
    known.set(name, made);
    return made;
  };
}

function absolute(tensor: Tensor): Tensor {
  if (!isFloat(tensor.dtype)) return tensor;
  const { dtype, dims } = tensor;
  const size = bytesPerElement(dtype);
  const values = (): Float64Array => toNdArray(tensor).data.map(Math.abs);
  return {
    dtype,
    dims,
    values,
    bytes: () => {
      // a copy: `slice` of Node's Buffer would be the file itself
      const bytes = new Uint8Array(tensor.bytes());
      // the sign is the highest bit of the last byte
      for (let at = size - 1; at < bytes.length; at += size) bytes[at] = (bytes[at] as number) & 0x7f;
      return bytes;
    },
  };
}
