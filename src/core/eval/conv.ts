import { addRows1x1, addRows4x1, addRows4x2, type AddRows, type Steps } from './convRows';
import { badInput, input, optionalInput, type Kernel, type KernelTable } from './kernel';
import { ndArray, product } from './strided';
import { groupOf, resolveWindow, threeAxes, type Window } from './window';
import type { Node } from '../ir/model';

/** y[n, o] = b[o] + Σ_i Σ_taps w[o, i, tap] · x[n, i, s·pos + d·tap − p], one group's inputs for one group's outputs. */
const conv: Kernel = (call) => {
  const x = input(call, 0);
  const w = input(call, 1);
  const bias = optionalInput(call, 2)?.data;
  const [batch = 1, inChannels = 1] = x.dims;
  const [outChannels = 1, perGroup = 1] = w.dims;
  const group = groupOf(call.node);
  if (perGroup * group !== inChannels || outChannels % group !== 0) {
    badInput(
      call.node,
      `has ${inChannels} input channels, but weights [${w.dims.join(', ')}] in ${group} groups`,
    );
  }
  const window = resolveWindow(call.node, x.dims.slice(2), w.dims.slice(2));
  const places = tapRows(call.node, x.dims.slice(2), window);
  const taps = product(w.dims, 2);
  const steps: Steps = {
    x: product(x.dims, 2),
    y: product(window.output),
    input: taps,
    output: perGroup * taps,
  };
  const out = new Float64Array(batch * outChannels * steps.y);
  for (let plane = 0; plane < batch * outChannels; plane++) {
    out.fill(bias?.[plane % outChannels] ?? 0, plane * steps.y, (plane + 1) * steps.y);
  }
  const groupOutputs = outChannels / group;
  const dark = darkPlanes(x.data, batch * inChannels, steps.x, w.data);
  for (let block = 0; block < batch * group; block++) {
    const toAt = block * groupOutputs * steps.y;
    const kernelAt = (block % group) * groupOutputs * steps.output;
    const lit = litChannels(dark, block * perGroup, perGroup);
    forEachPass(groupOutputs, lit, (add, o, i) => {
      const to = toAt + o * steps.y;
      const from = (block * perGroup + i) * steps.x;
      addTaps(add, out, to, x.data, from, w.data, kernelAt + o * steps.output + i * taps, places, steps);
    });
  }
  return [ndArray(x.dtype, [batch, outChannels, ...window.output], out)];
};

/**
 * Which input planes hold nothing but zeros and so add nothing; null where all are to be gone through, since none is dark or
 * a weight is infinite. An impulse lights one plane of hundreds.
 */
function darkPlanes(x: Float64Array, planes: number, size: number, w: Float64Array): Uint8Array | null {
  const dark = new Uint8Array(planes);
  let any = false;
  for (let plane = 0; plane < planes; plane++) {
    let at = plane * size;
    const end = at + size;
    while (at < end && x[at] === 0) at++;
    if (at < end) continue;
    dark[plane] = 1;
    any = true;
  }
  return any && areFinite(w) ? dark : null;
}

/** 0·w is 0 for every finite w; a sum is several times as fast as a call for each of millions of weights. */
function areFinite(w: Float64Array): boolean {
  let sum = 0;
  for (const weight of w) sum += 0 * weight;
  return sum === 0;
}

/** Input channels of a group: where to take four at once, and where one alone. */
interface LitChannels {
  readonly quads: readonly number[];
  readonly singles: readonly number[];
}

function litChannels(dark: Uint8Array | null, first: number, count: number): LitChannels {
  const quads: number[] = [];
  const singles: number[] = [];
  const isLit = (i: number): boolean => dark === null || dark[first + i] === 0;
  for (let i = 0; i < count; i += 4) {
    const lit = [i, i + 1, i + 2, i + 3].filter((one) => one < count && isLit(one));
    // four planes at once cost little more than one, but an impulse lights one of hundreds
    if (i + 4 <= count && lit.length > 1) quads.push(i);
    else singles.push(...lit);
  }
  return { quads, singles };
}

/** Goes over all pairs of output and lit input channel, two and four at a time as long as there are that many. */
function forEachPass(
  outputs: number,
  { quads, singles }: LitChannels,
  pass: (add: AddRows, o: number, i: number) => void,
): void {
  for (let o = 0; o < outputs;) {
    const pair = o + 1 < outputs;
    for (const i of quads) pass(pair ? addRows4x2 : addRows4x1, o, i);
    for (const i of singles) {
      pass(addRows1x1, o, i);
      if (pair) pass(addRows1x1, o + 1, i);
    }
    o += pair ? 2 : 1;
  }
}

/** The rows that one tap adds: where each starts in the output plane and in the input plane. */
interface TapRows {
  readonly to: readonly number[];
  readonly from: readonly number[];
  readonly length: number;
  /** Step along the input row. */
  readonly stride: number;
}

function addTaps(
  add: AddRows,
  out: Float64Array,
  to: number,
  x: Float64Array,
  from: number,
  w: Float64Array,
  kernelAt: number,
  places: readonly TapRows[],
  steps: Steps,
): void {
  for (let tap = 0; tap < places.length; tap++) {
    const rows = places[tap] as TapRows;
    for (let row = 0; row < rows.to.length; row++) {
      const toAt = to + (rows.to[row] as number);
      add(
        out,
        toAt,
        x,
        from + (rows.from[row] as number),
        rows.length,
        rows.stride,
        w,
        kernelAt + tap,
        steps,
      );
    }
  }
}

/** For each tap, in the kernel's row-major order, the rows of outputs whose input place lies inside the image. */
function tapRows(node: Node, sizes: readonly number[], window: Window): readonly TapRows[] {
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

export const convKernels: KernelTable = { Conv: conv };
