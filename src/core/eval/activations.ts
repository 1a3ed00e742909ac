import { floatAttribute, stringAttribute } from '../ir/attributes';
import { broadcast2 } from './broadcast';
import { erfc } from './erf';
import { float32Attribute } from './floatDefault';
import { input, scalarInput, unsupported, type Kernel, type KernelCall, type KernelTable } from './kernel';
import { ndArray } from './strided';

/** Non-linear functions of one element; `prepare` reads the attributes once. */
function activation(prepare: (call: KernelCall) => (x: number) => number): Kernel {
  return (call) => {
    const x = input(call, 0);
    return [ndArray(x.dtype, x.dims, x.data.map(prepare(call)))];
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** log(1 + eˣ), which must not overflow for large x. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

const alphaOf = (call: KernelCall, fallback: number) => float32Attribute(call.node, 'alpha', fallback);

const gelu = activation(({ node }) => {
  const mode = stringAttribute(node, 'approximate', 'none');
  // x·Φ(x) = x/2·erfc(−x/√2)
  if (mode === 'none') return (x) => (x / 2) * erfc(-x / Math.SQRT2);
  if (mode !== 'tanh') unsupported(node, `has approximate = "${mode}"`);
  return (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
});

const selu = activation(({ node }) => {
  const alpha = float32Attribute(node, 'alpha', 1.67326319217681884765625);
  const gamma = float32Attribute(node, 'gamma', 1.05070102214813232421875);
  return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
});

const hardSigmoid = activation((call) => {
  const alpha = alphaOf(call, 0.2);
  const beta = float32Attribute(call.node, 'beta', 0.5);
  return (x) => Math.max(0, Math.min(1, alpha * x + beta));
});

const shrink = activation(({ node }) => {
  const bias = float32Attribute(node, 'bias', 0);
  const lambda = float32Attribute(node, 'lambd', 0.5);
  return (x) => (x < -lambda ? x + bias : x > lambda ? x - bias : 0);
});

/** Bounds are attributes up to opset 10, inputs from 11 on. */
const clip = activation((call) => {
  const low = scalarInput(call, 1) ?? floatAttribute(call.node, 'min', -Infinity);
  const high = scalarInput(call, 2) ?? floatAttribute(call.node, 'max', Infinity);
  return (x) => Math.min(high, Math.max(low, x));
});

const pRelu: Kernel = (call) => {
  const x = input(call, 0);
  return [broadcast2(call.node, x.dtype, x, input(call, 1), (v, slope) => (v < 0 ? slope * v : v))];
};

export const activationKernels: KernelTable = {
  Relu: activation(() => (x) => Math.max(x, 0)),
  LeakyRelu: activation((call) => {
    const alpha = alphaOf(call, 0.01);
    return (x) => (x < 0 ? alpha * x : x);
  }),
  PRelu: pRelu,
  Elu: activation((call) => {
    const alpha = alphaOf(call, 1);
    return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
  }),
  Selu: selu,
  Celu: activation((call) => {
    const alpha = alphaOf(call, 1);
    return (x) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
  }),
  ThresholdedRelu: activation((call) => {
    const alpha = alphaOf(call, 1);
    return (x) => (x > alpha ? x : 0);
  }),
  Sigmoid: activation(() => sigmoid),
  Tanh: activation(() => Math.tanh),
  Softplus: activation(() => softplus),
  Softsign: activation(() => (x) => x / (1 + Math.abs(x))),
  Mish: activation(() => (x) => x * Math.tanh(softplus(x))),
  Swish: activation((call) => {
    const alpha = alphaOf(call, 1);
    return (x) => x * sigmoid(alpha * x);
  }),
  HardSigmoid: hardSigmoid,
  HardSwish: activation(() => (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  Gelu: gelu,
  Shrink: shrink,
  Clip: clip,
};
