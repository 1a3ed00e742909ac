import type { Node } from '../ir/model';
import { product } from './strided';
import { threeAxes, type Window } from './window';

/** The rows that one tap adds: where each starts in the output plane and in the input plane. */
export interface TapRows {
  readonly to: readonly number[];
  readonly from: readonly number[];
  readonly length: number;
  /** Step along the input row. */
  readonly stride: number;
}

/** For each tap, in the kernel's row-major order, the rows of outputs whose input place lies inside the image. */
export function tapRows(node: Node, sizes: readonly number[], window: Window): readonly TapRows[] {
  const { kernel, strides, dilations, begin, end, output } = window;
  const plain = [...begin, ...end].every((pad) => pad === 0) && strides.every((stride) => stride === 1);
  // a 1×1 convolution knows no rows: one long one is faster
  if (plain && product(kernel) === 1) return [{ to: [0], from: [0], length: product(sizes), stride: 1 }];
  const size = threeAxes(node, sizes, 1);
  const out = threeAxes(node, output, 1);
  const stride = threeAxes(node, strides, 1);
  const dilation = threeAxes(node, dilations, 1);
  const pad = threeAxes(node, begin, 0);
  const taps: TapRows[] = [];
  forEachTap(threeAxes(node, kernel, 1), (...tap) => {
    const shift = [0, 1, 2].map((axis) => (tap[axis] ?? 0) * (dilation[axis] ?? 1) - (pad[axis] ?? 0));
    const [dz = 0, dy = 0, dx = 0] = shift;
    const [z0, z1] = insideRange(dz, stride[0], size[0], out[0]);
    const [y0, y1] = insideRange(dy, stride[1], size[1], out[1]);
    const [x0, x1] = insideRange(dx, stride[2], size[2], out[2]);
    const to: number[] = [];
    const from: number[] = [];
    for (let z = z0; z < z1; z++) {
      for (let y = y0; y < y1; y++) {
        to.push((z * out[1] + y) * out[2] + x0);
        from.push(((z * stride[0] + dz) * size[1] + y * stride[1] + dy) * size[2] + x0 * stride[2] + dx);
      }
    }
    taps.push({ to, from, length: x1 - x0, stride: stride[2] });
  });
  return taps;
}

function forEachTap(
  kernel: readonly [number, number, number],
  visit: (z: number, y: number, x: number) => void,
): void {
  for (let z = 0; z < kernel[0]; z++) {
    for (let y = 0; y < kernel[1]; y++) {
      for (let x = 0; x < kernel[2]; x++) visit(z, y, x);
    }
  }
}

/** Outputs [low, high) whose input place `o·stride + shift` lies inside [0, size). */
function insideRange(shift: number, stride: number, size: number, out: number): readonly [number, number] {
  const low = Math.max(0, Math.ceil(-shift / stride));
  const high = Math.min(out, Math.floor((size - 1 - shift) / stride) + 1);
  return [low, Math.max(low, high)];
}

/** For each tap and each output place the input place that it reads, or −1 where that lies outside the image: [taps, places]. */
export function tapSources(taps: readonly TapRows[], places: number): Int32Array {
  const sources = new Int32Array(taps.length * places).fill(-1);
  taps.forEach(({ to, from, length, stride }, tap) => {
    to.forEach((start, row) => {
      const at = tap * places + start;
      for (let i = 0; i < length; i++) sources[at + i] = (from[row] as number) + i * stride;
    });
  });
  return sources;
}
