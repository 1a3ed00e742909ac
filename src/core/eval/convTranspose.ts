import { intsAttribute, stringAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { badInput, input, optionalInput, type Kernel, type KernelTable } from './kernel';
import { ndArray, product } from './strided';
import { extent, groupOf, perAxis, threeAxes } from './window';

type Three = readonly [number, number, number];

interface Placement {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begin: readonly number[];
  readonly output: readonly number[];
}

/** y[n, o, s·pos + d·tap − p] += x[n, i, pos] · w[i, o, tap]: each input element stamps the kernel into the output. */
const convTranspose: Kernel = (call) => {
  const { node } = call;
  const x = input(call, 0);
  const w = input(call, 1);
  const bias = optionalInput(call, 2)?.data;
  const [batch = 1, inChannels = 1] = x.dims;
  const [weightInputs = 1, perGroup = 1] = w.dims;
  const group = groupOf(node);
  if (weightInputs !== inChannels)
    badInput(node, `has ${inChannels} input channels, but weights for ${weightInputs}`);
  const place = resolvePlacement(node, x.dims.slice(2), w.dims.slice(2));
  const size = threeAxes(node, x.dims.slice(2), 1);
  const out = threeAxes(node, place.output, 1);
  const stamp = stamper(size, out, threeAxes(node, w.dims.slice(2), 1), {
    stride: threeAxes(node, place.strides, 1),
    dilation: threeAxes(node, place.dilations, 1),
    begin: threeAxes(node, place.begin, 0),
  });
  const outChannels = perGroup * group;
  const data = new Float64Array(batch * outChannels * product(out));
  const groupInputs = inChannels / group;
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outChannels; o++) {
      const first = Math.floor(o / perGroup) * groupInputs;
      const to = data.subarray(
        (n * outChannels + o) * product(out),
        (n * outChannels + o + 1) * product(out),
      );
      to.fill(bias?.[o] ?? 0);
      for (let i = first; i < first + groupInputs; i++) {
        const from = (n * inChannels + i) * product(size);
        const taps = (i * perGroup + (o % perGroup)) * product(w.dims, 2);
        stamp(
          to,
          x.data.subarray(from, from + product(size)),
          w.data.subarray(taps, taps + product(w.dims, 2)),
        );
      }
    }
  }
  return [ndArray(x.dtype, [batch, outChannels, ...place.output], data)];
};

/** Adds one input plane, stamped with one kernel, to one output plane. */
function stamper(
  size: Three,
  out: Three,
  kernel: Three,
  { stride, dilation, begin }: { stride: Three; dilation: Three; begin: Three },
): (to: Float64Array, x: Float64Array, w: Float64Array) => void {
  const inside = (at: Three) => at.every((place, axis) => place >= 0 && place < (out[axis] as number));
  return (to, x, w) => {
    let tap = 0;
    for (let kz = 0; kz < kernel[0]; kz++)
      for (let ky = 0; ky < kernel[1]; ky++)
        for (let kx = 0; kx < kernel[2]; kx++, tap++) {
          const weight = w[tap] as number;
          const shift = [
            kz * dilation[0] - begin[0],
            ky * dilation[1] - begin[1],
            kx * dilation[2] - begin[2],
          ];
          let from = 0;
          for (let z = 0; z < size[0]; z++)
            for (let y = 0; y < size[1]; y++)
              for (let i = 0; i < size[2]; i++, from++) {
                const at: Three = [
                  z * stride[0] + (shift[0] as number),
                  y * stride[1] + (shift[1] as number),
                  i * stride[2] + (shift[2] as number),
                ];
                if (inside(at))
                  (to[(at[0] * out[1] + at[1]) * out[2] + at[2]] as number) += weight * (x[from] as number);
              }
        }
  };
}

/** Output sizes and pads: given pads make the size; a given size, or SAME, makes the pads. */
function resolvePlacement(node: Node, sizes: readonly number[], kernel: readonly number[]): Placement {
  const axes = sizes.length;
  const strides = perAxis(node, 'strides', axes, 1);
  const dilations = perAxis(node, 'dilations', axes, 1);
  const extra = perAxis(node, 'output_padding', axes, 0);
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET');
  const same = mode === 'SAME_UPPER' || mode === 'SAME_LOWER';
  // some files give batch and channels too
  const wanted = intsAttribute(node, 'output_shape')?.slice(-axes);
  const pads =
    (mode === 'NOTSET' ? intsAttribute(node, 'pads') : null) ?? new Array<number>(2 * axes).fill(0);
  const begin: number[] = [];
  const output: number[] = [];
  sizes.forEach((size, axis) => {
    const stride = strides[axis] as number;
    const reach = extent(kernel[axis] as number, dilations[axis] as number);
    const full = stride * (size - 1) + (extra[axis] as number) + reach;
    const target = wanted?.[axis] ?? (same ? size * stride : null);
    if (target === null) {
      begin.push(pads[axis] as number);
      output.push(full - (pads[axis] as number) - (pads[axis + axes] as number));
      return;
    }
    const total = Math.max(0, full - target);
    // the odd element is cut at the end for SAME_UPPER, else at the beginning
    begin.push(mode === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2));
    output.push(target);
  });
  return { strides, dilations, begin, output };
}

export const convTransposeKernels: KernelTable = { ConvTranspose: convTranspose };
