import { intAttribute } from '../ir/attributes';
import { expandTo } from './broadcast';
import { float32Attribute } from './floatDefault';
import {
  badInput,
  input,
  normalizeAxis,
  optionalInput,
  unsupported,
  type Kernel,
  type KernelTable,
} from './kernel';
import { ndArray, product, range } from './strided';

/** y = γ·(x − μ)/√(σ² + ε) + β, with the stored mean and variance of each channel. */
const batchNormalization: Kernel = (call) => {
  const { node } = call;
  if (intAttribute(node, 'training_mode', 0) !== 0) unsupported(node, 'runs in training mode');
  if (intAttribute(node, 'spatial', 1) !== 1) unsupported(node, 'has spatial = 0');
  // before opset 14 it was the number of outputs that told training from inference
  if (node.outputs.slice(1).some((name) => name !== '')) unsupported(node, 'asks for running statistics');
  const x = input(call, 0);
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => input(call, i).data) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const epsilon = float32Attribute(node, 'epsilon', 1e-5);
  const channels = x.dims[1] ?? 1;
  if (scale.length !== channels)
    badInput(node, `scales ${scale.length} channels, but its input has ${channels}`);
  const size = product(x.dims, 2);
  const out = new Float64Array(x.data.length);
  for (let at = 0, plane = 0; at < out.length; plane++) {
    const c = plane % channels;
    const [slope, centre, offset] = [scale[c] as number, mean[c] as number, shift[c] as number];
    const deviation = Math.sqrt((variance[c] as number) + epsilon);
    for (const end = at + size; at < end; at++)
      out[at] = (slope * ((x.data[at] as number) - centre)) / deviation + offset;
  }
  return [ndArray(x.dtype, x.dims, out)];
};

interface Moments {
  readonly mean: number;
  /** 1/√(σ² + ε). */
  readonly inverse: number;
}

function momentsOf(run: Float64Array, epsilon: number): Moments {
  const mean = run.reduce((sum, x) => sum + x, 0) / run.length;
  const variance = run.reduce((sum, x) => sum + (x - mean) ** 2, 0) / run.length;
  return { mean, inverse: 1 / Math.sqrt(variance + epsilon) };
}

/** Normalizes each run of `length` elements by its own mean and variance. */
function normalizeRuns(data: Float64Array, length: number, epsilon: number): [Float64Array, Moments[]] {
  const out = new Float64Array(data.length);
  const moments: Moments[] = [];
  for (let start = 0; start < data.length; start += length) {
    const run = data.subarray(start, start + length);
    const own = momentsOf(run, epsilon);
    moments.push(own);
    run.forEach((x, i) => {
      out[start + i] = (x - own.mean) * own.inverse;
    });
  }
  return [out, moments];
}

/** Scales and shifts by channel (axis 1); `group` channels share one scale. */
function perChannel(
  data: Float64Array,
  dims: readonly number[],
  scale: Float64Array,
  shift: Float64Array,
  group = 1,
): Float64Array {
  const size = product(dims, 2);
  const channels = dims[1] ?? 1;
  return data.map((value, i) => {
    const c = Math.floor((Math.floor(i / size) % channels) / group);
    return value * (scale[c] as number) + (shift[c] as number);
  });
}

const instanceNormalization: Kernel = (call) => {
  const x = input(call, 0);
  const [normal] = normalizeRuns(x.data, product(x.dims, 2), float32Attribute(call.node, 'epsilon', 1e-5));
  return [ndArray(x.dtype, x.dims, perChannel(normal, x.dims, input(call, 1).data, input(call, 2).data))];
};

/** One scale a group up to opset 20, one a channel from 21 on. */
const groupNormalization: Kernel = (call) => {
  const x = input(call, 0);
  const groups = intAttribute(call.node, 'num_groups', 1);
  const [n = 1, channels = 1] = x.dims;
  const length = x.data.length / (n * groups);
  const [normal] = normalizeRuns(x.data, length, float32Attribute(call.node, 'epsilon', 1e-5));
  const share = call.opset < 21 ? channels / groups : 1;
  return [
    ndArray(x.dtype, x.dims, perChannel(normal, x.dims, input(call, 1).data, input(call, 2).data, share)),
  ];
};

const layerNormalization: Kernel = (call) => {
  const x = input(call, 0);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', -1), x.dims.length);
  const epsilon = float32Attribute(call.node, 'epsilon', 1e-5);
  const [normal, moments] = normalizeRuns(x.data, product(x.dims, axis), epsilon);
  const scale = expandTo(input(call, 1), x.dims);
  const bias = optionalInput(call, 2);
  const shift = bias === null ? null : expandTo(bias, x.dims);
  const out = normal.map(
    (value, i) => value * (scale[i] as number) + (shift === null ? 0 : (shift[i] as number)),
  );
  const dims = x.dims.map((dim, place) => (place < axis ? dim : 1));
  const statistic = (pick: (moment: Moments) => number) =>
    ndArray(x.dtype, dims, Float64Array.from(moments, pick));
  return [ndArray(x.dtype, x.dims, out), statistic((m) => m.mean), statistic((m) => m.inverse)];
};

const rmsNormalization: Kernel = (call) => {
  const x = input(call, 0);
  const axis = normalizeAxis(call.node, intAttribute(call.node, 'axis', -1), x.dims.length);
  const epsilon = float32Attribute(call.node, 'epsilon', 1e-5);
  const length = product(x.dims, axis);
  const scale = expandTo(input(call, 1), x.dims);
  const factors = range(x.data.length / length).map((line) => {
    const run = x.data.subarray(line * length, (line + 1) * length);
    return 1 / Math.sqrt(run.reduce((sum, value) => sum + value * value, 0) / length + epsilon);
  });
  const out = x.data.map(
    (value, i) => value * (factors[Math.floor(i / length)] as number) * (scale[i] as number),
  );
  return [ndArray(x.dtype, x.dims, out)];
};

/** y = x / (bias + α/size · Σ x²)^β over `size` neighbouring channels. */
const localResponse: Kernel = (call) => {
  const x = input(call, 0);
  const { node } = call;
  const size = intAttribute(node, 'size', 1);
  const alpha = float32Attribute(node, 'alpha', 1e-4);
  const beta = float32Attribute(node, 'beta', 0.75);
  const bias = float32Attribute(node, 'bias', 1);
  const channels = x.dims[1] ?? 1;
  const step = product(x.dims, 2);
  const out = x.data.map((value, i) => {
    const c = Math.floor(i / step) % channels;
    let sum = 0;
    const last = Math.min(channels - 1, c + Math.ceil((size - 1) / 2));
    for (let other = Math.max(0, c - Math.floor((size - 1) / 2)); other <= last; other++) {
      sum += (x.data[i + (other - c) * step] as number) ** 2;
    }
    return value / (bias + (alpha / size) * sum) ** beta;
  });
  return [ndArray(x.dtype, x.dims, out)];
};

export const normalizationKernels: KernelTable = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  LRN: localResponse,
};
