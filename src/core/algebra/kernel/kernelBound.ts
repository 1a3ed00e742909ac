import { elementCount } from '../../tensor/tensor';
import { channelsPerGroup, tapCount } from '../geometry/geometry';
import { floatRows, type FloatRow } from './floatRows';
import type { KernelExpr } from './kernelExpr';
import { evaluateVector, type TensorReader } from './vectorExpr';

/**
 * No element of the operator's kernel is larger in magnitude; Infinity where a number that it reads is not finite.
 * Reads each weight once and multiplies none, so that it costs a small part of what the merge itself does:
 *
 *     affine: max|t|·L    sum: Σ|cᵢ|·Lᵢ    compose: channels·taps of L₂, times L₁·L₂    rows, stack: the largest
 */
export function kernelBound(expr: KernelExpr, read: TensorReader): number {
  switch (expr.kind) {
    case 'conv':
    case 'convTranspose':
    case 'linear': {
      const weight = read(expr.weight);
      const [rows = 1, ...dims] = weight.dims;
      const row = floatRows(weight, elementCount(dims));
      return largest(Array.from({ length: rows }, (_, o) => magnitude(row(o))));
    }
    case 'identity':
      return 1;
    case 'averagePool':
      return 1 / tapCount(expr.geometry);
    case 'affine': {
      const inner = kernelBound(expr.of, read);
      if (expr.scale === null) return inner;
      return product(magnitude(evaluateVector(expr.scale, expr.geometry.outChannels, read)), inner);
    }
    case 'sum':
      return expr.terms.reduce(
        (total, { coefficient, of }) => total + product(Math.abs(coefficient), kernelBound(of, read)),
        0,
      );
    case 'compose': {
      const { geometry } = expr.then;
      const products = channelsPerGroup(geometry) * tapCount(geometry);
      return products * product(kernelBound(expr.first, read), kernelBound(expr.then, read));
    }
    case 'rows':
      return kernelBound(expr.of, read);
    case 'stack':
      return largest(expr.parts.map((part) => kernelBound(part, read)));
  }
}

/** 0 · ∞ is no number, and no bound. */
function product(a: number, b: number): number {
  return Number.isFinite(a) && Number.isFinite(b) ? a * b : Infinity;
}

function magnitude(values: FloatRow): number {
  const count = values.length;
  if (values instanceof Float32Array)
    return magnitude32(new Int32Array(values.buffer, values.byteOffset, count));
  let most = 0;
  for (let i = 0; i < count; i++) {
    const value = Math.abs(values[i] as number);
    if (value <= most) continue;
    if (Number.isNaN(value)) return Infinity;
    most = value;
  }
  return most;
}

/** Without their sign, the bits of floats are in the order of their magnitudes; those of what is not finite come last. */
function magnitude32(bits: Int32Array): number {
  let most = 0;
  const count = bits.length;
  for (let i = 0; i < count; i++) {
    const value = (bits[i] as number) & 0x7fffffff;
    if (value > most) most = value;
  }
  return most >= INFINITE_BITS ? Infinity : floatOf(most);
}

const INFINITE_BITS = 0x7f800000;

function floatOf(bits: number): number {
  return new Float32Array(Int32Array.of(bits).buffer)[0] as number;
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
