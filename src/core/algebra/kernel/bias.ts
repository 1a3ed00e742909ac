import { readElements } from '../../tensor/convert';
import { elementCount } from '../../tensor/tensor';
import { channelsPerGroup, tapCount } from '../geometry/geometry';
import { kernelRows } from './kernelRows';
import type { KernelExpr } from './kernelExpr';
import { evaluateVector, type TensorReader } from './vectorExpr';

/**
 * The operator's response to zero, one value an output channel, in float64:
 *
 *     conv: b      affine: t·b + s      sum: Σ cᵢ·bᵢ      compose: b₂ + Σ_{m, taps} W₂[o, m, tap]·b₁[m]
 *
 * Reads the kernel W₂ of a composition only when b₁ is not zero.
 */
export function biasVector(expr: KernelExpr, read: TensorReader): Float64Array {
  const channels = expr.geometry.outChannels;
  switch (expr.kind) {
    case 'conv':
    case 'convTranspose':
      return expr.bias === null ? new Float64Array(channels) : readBias(expr.bias, read);
    case 'linear':
    case 'identity':
    case 'averagePool':
      return new Float64Array(channels);
    case 'affine':
      return affineBias(expr, read);
    case 'sum': {
      const total = new Float64Array(channels);
      for (const term of expr.terms) {
        biasVector(term.of, read).forEach(
          (value, o) => (total[o] = (total[o] as number) + term.coefficient * value),
        );
      }
      return total;
    }
    case 'compose':
      return composedBias(expr, read);
    case 'rows': {
      const whole = biasVector(expr.of, read);
      return Float64Array.from(expr.rows, (row) => whole[row] as number);
    }
    case 'stack':
      return Float64Array.from(expr.parts.flatMap((part) => [...biasVector(part, read)]));
  }
}

function readBias(name: string, read: TensorReader): Float64Array {
  const tensor = read(name);
  return readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims));
}

function affineBias(expr: KernelExpr & { readonly kind: 'affine' }, read: TensorReader): Float64Array {
  const bias = biasVector(expr.of, read);
  const scale = expr.scale === null ? null : evaluateVector(expr.scale, bias.length, read);
  const shift = expr.shift === null ? null : evaluateVector(expr.shift, bias.length, read);
  return bias.map((value, o) => value * (scale?.[o] ?? 1) + (shift?.[o] ?? 0));
}

function composedBias(expr: KernelExpr & { readonly kind: 'compose' }, read: TensorReader): Float64Array {
  const inner = biasVector(expr.first, read);
  const bias = biasVector(expr.then, read);
  if (inner.every((value) => value === 0)) return bias;
  const rows = kernelRows(expr.then, read);
  const row = new Float64Array(rows.length);
  const { outChannels, groups } = expr.then.geometry;
  const taps = tapCount(expr.then.geometry);
  const width = channelsPerGroup(expr.then.geometry);
  return bias.map((value, o) => {
    rows.fill(o, row);
    const start = Math.floor(o / (outChannels / groups)) * width;
    let total = value;
    for (let at = 0; at < row.length; at++)
      total += (row[at] as number) * (inner[start + Math.floor(at / taps)] as number);
    return total;
  });
}
