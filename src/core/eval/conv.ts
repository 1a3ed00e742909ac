import {
  addByElement,
  addByProduct,
  addByRows,
  scattered,
  type ConvBlock,
  type Scattered,
} from './convPasses';
import { tapRows, tapSources, type TapRows } from './convTaps';
import { badInput, input, optionalInput, type Kernel, type KernelTable } from './kernel';
import { areFinite } from './areFinite';
import { ndArray, product } from './strided';
import { groupOf, resolveWindow } from './window';

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
  const rows = tapRows(call.node, x.dims.slice(2), window);
  const taps = product(w.dims, 2);
  const xPlane = product(x.dims, 2);
  const outPlane = product(window.output);
  const out = new Float64Array(batch * outChannels * outPlane);
  for (let plane = 0; plane < batch * outChannels && bias !== undefined; plane++) {
    out.fill(bias[plane % outChannels] ?? 0, plane * outPlane, (plane + 1) * outPlane);
  }
  const outputs = outChannels / group;
  const add = passes(w.data, rows, perGroup, outputs, xPlane, outPlane);
  for (let block = 0; block < batch * group; block++) {
    add({
      ...{ x: x.data, w: w.data, out, inputs: perGroup, outputs, taps, xPlane, outPlane },
      xAt: block * perGroup * xPlane,
      wAt: (block % group) * outputs * perGroup * taps,
      outAt: block * outputs * outPlane,
    });
  }
  return [ndArray(x.dtype, [batch, outChannels, ...window.output], out)];
};

/** Elements of a group that are not 0, one in so many and fewer, are taken one by one. */
const SPARSE = 8;

/** Groups of fewer outputs go row by row. */
const FEW_OUTPUTS = 4;

/** Places that taps may read, all listed; more (a kernel of 31 × 31 on a photograph) take gigabytes and go row by row. */
const MOST_SOURCES = 2 ** 23;

/** How to add a group's products. What is left out or padded is 0·w, and that is 0 for finite weights only. */
function passes(
  w: Float64Array,
  rows: readonly TapRows[],
  inputs: number,
  outputs: number,
  xPlane: number,
  outPlane: number,
): (block: ConvBlock) => void {
  let sources: Int32Array | null = null;
  let places: Scattered | null = null;
  const sourcesOf = (): Int32Array => (sources ??= tapSources(rows, outPlane));
  const isListed = rows.length * outPlane <= MOST_SOURCES;
  return (block) => {
    const lit = litElements(block.x, block.xAt, inputs * xPlane);
    const isSparse = lit * SPARSE <= inputs * xPlane;
    if (!areFinite(w)) addByRows(block, rows);
    else if (lit === 0) return;
    else if (!isListed || !(isSparse || outputs >= FEW_OUTPUTS)) addByRows(block, rows);
    else if (isSparse) addByElement(block, (places ??= scattered(sourcesOf(), outPlane, xPlane)));
    else addByProduct(block, sourcesOf());
  };
}

function litElements(x: Float64Array, from: number, count: number): number {
  let lit = 0;
  for (let at = from; at < from + count; at++) if (x[at] !== 0) lit += 1;
  return lit;
}

export const convKernels: KernelTable = { Conv: conv };
