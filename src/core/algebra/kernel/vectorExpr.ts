import { readElements } from '../../tensor/convert';
import { elementCount, type Tensor } from '../../tensor/tensor';

/**
 * Per-channel constants as lazy expressions over the original tensors: data only, so that a plan can be printed and sent.
 *
 * BatchNormalization: t = γ / √(σ² + ε),  y = t·x + (β − μ·t).
 */
export type VectorExpr =
  | { readonly kind: 'number'; readonly value: number }
  /** Element c of the tensor for channel c, or its only element for all. */
  | { readonly kind: 'tensor'; readonly name: string }
  /** Numbers that stand in no tensor of their own. */
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'bnScale'; readonly gamma: string; readonly variance: string; readonly epsilon: number }
  | {
      readonly kind: 'bnShift';
      readonly gamma: string;
      readonly beta: string;
      readonly mean: string;
      readonly variance: string;
      readonly epsilon: number;
    }
  | { readonly kind: 'scaled'; readonly factor: number; readonly of: VectorExpr }
  | { readonly kind: 'reciprocal'; readonly of: VectorExpr };

/** Finds a constant of the model by name. */
export type TensorReader = (name: string) => Tensor;

/** The vector's values for `channels` channels, in float64; a single value is repeated. */
export function evaluateVector(expr: VectorExpr, channels: number, read: TensorReader): Float64Array {
  switch (expr.kind) {
    case 'number':
      return new Float64Array(channels).fill(expr.value);
    case 'tensor':
      return readVector(read(expr.name), channels);
    case 'values':
      return repeated(Float64Array.from(expr.values), channels);
    case 'bnScale':
      return bnScale(expr, channels, read);
    case 'bnShift': {
      const scale = bnScale(expr, channels, read);
      const beta = readVector(read(expr.beta), channels);
      const mean = readVector(read(expr.mean), channels);
      return beta.map((value, channel) => value - (mean[channel] as number) * (scale[channel] as number));
    }
    case 'scaled':
      return evaluateVector(expr.of, channels, read).map((value) => expr.factor * value);
    case 'reciprocal':
      return evaluateVector(expr.of, channels, read).map((value) => 1 / value);
  }
}

/** Names of the tensors that the expression reads. */
export function vectorTensors(expr: VectorExpr): readonly string[] {
  switch (expr.kind) {
    case 'number':
    case 'values':
      return [];
    case 'tensor':
      return [expr.name];
    case 'bnScale':
      return [expr.gamma, expr.variance];
    case 'bnShift':
      return [expr.gamma, expr.beta, expr.mean, expr.variance];
    case 'scaled':
    case 'reciprocal':
      return vectorTensors(expr.of);
  }
}

interface BnScale {
  readonly gamma: string;
  readonly variance: string;
  readonly epsilon: number;
}

function bnScale(bn: BnScale, channels: number, read: TensorReader): Float64Array {
  const gamma = readVector(read(bn.gamma), channels);
  const variance = readVector(read(bn.variance), channels);
  return gamma.map((value, channel) => value / Math.sqrt((variance[channel] as number) + bn.epsilon));
}

function readVector(tensor: Tensor, channels: number): Float64Array {
  return repeated(readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims)), channels);
}

function repeated(values: Float64Array, channels: number): Float64Array {
  if (values.length === channels) return values;
  if (values.length === 1) return new Float64Array(channels).fill(values[0] as number);
  throw new RangeError(`a vector of ${values.length} values was used for ${channels} channels`);
}
