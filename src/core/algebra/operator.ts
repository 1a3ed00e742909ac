import {
  borderIsVirtual,
  channelsPerGroup,
  composeGeometry,
  kernelSize,
  readsBetween,
  sumGeometry,
  tapCount,
  type Geometry,
} from './geometry/geometry';
import { kernelRows } from './kernel/kernelRows';
import { pointAxis, type Axis } from './geometry/axis';
import type { KernelExpr } from './kernel/kernelExpr';
import { biasVector } from './kernel/bias';
import { evaluateVector, type TensorReader, type VectorExpr } from './kernel/vectorExpr';
import { unitRoundoff } from '../tensor/dtype';
import { isRefused, refuse, type AlgebraRefusal } from './refusal';

/**
 * The algebra of affine convolution operators. Each function takes operators and gives one, or the side condition that
 * does not hold. Only the constants that a side condition compares are read; kernels are not.
 *
 *     identity    y[c, o] = x[c, o]
 *     affine      y = t·L(x) + s                      (BatchNormalization, Mul, Div, Add of constants)
 *     sum         y = Σ cᵢ·Lᵢ(x)                      same stride, same slack
 *     compose     y = L₂(L₁(x)), b = b₂ + Σ W₂·b₁     border: see `compose`
 *     stack       y = [L₁(x); L₂(x); …]               on channels
 *     rows        y = L(x)[rows]
 *
 * An operator is its kernel expression, which knows its geometry.
 */
export type Operator = KernelExpr;

/** y = x over `channels` channels and `rank` spatial axes. */
export function identity(channels: number, rank: number): Operator {
  const axes = Array.from({ length: rank }, () => pointAxis());
  return {
    kind: 'identity',
    geometry: { inChannels: channels, outChannels: channels, groups: channels, axes },
  };
}

/** y[c, o] = x[c, axis(o)]: crops, strided slices and zero pads of the source, one tap an axis. */
export function points(channels: number, axes: readonly Axis[]): Operator {
  return {
    kind: 'identity',
    geometry: { inChannels: channels, outChannels: channels, groups: channels, axes },
  };
}

/** The operator of a Conv with constant weights on its own input. */
export function conv(geometry: Geometry, weight: string, bias: string | null): Operator {
  return { kind: 'conv', geometry, weight, bias };
}

/** The operator of a ConvTranspose with constant weights [inChannels, outChannels/groups, …taps] on its own input. */
export function convTranspose(geometry: Geometry, weight: string, bias: string | null): Operator {
  return { kind: 'convTranspose', geometry, weight, bias };
}

/** A product with a constant matrix along the channels: a 1×1 convolution of any rank. */
export function linear(
  inChannels: number,
  outChannels: number,
  rank: number,
  weight: string,
  transposed: boolean,
): Operator {
  const axes = Array.from({ length: rank }, () => pointAxis());
  return { kind: 'linear', geometry: { inChannels, outChannels, groups: 1, axes }, weight, transposed };
}

/** AveragePool whose divisor is the number of taps everywhere (no pads, or count_include_pad = 1). */
export function averagePool(channels: number, axes: readonly Axis[]): Operator {
  return {
    kind: 'averagePool',
    geometry: { inChannels: channels, outChannels: channels, groups: channels, axes },
  };
}

/** y = scale·L(x) + shift, one value a channel. */
export function affine(of: Operator, scale: VectorExpr | null, shift: VectorExpr | null): Operator {
  return { kind: 'affine', geometry: of.geometry, of, scale, shift };
}

/** y = Σ cᵢ·Lᵢ(x). @param sourceSizes spatial sizes of x, null where they may differ from run to run. */
export function sum(
  terms: readonly { readonly coefficient: number; readonly of: Operator }[],
  sourceSizes: readonly (number | null)[],
): Operator | AlgebraRefusal {
  const geometry = sumGeometry(
    terms.map((term) => term.of.geometry),
    sourceSizes,
  );
  if (isRefused(geometry)) return geometry;
  return { kind: 'sum', geometry, terms };
}

/** Stacks operators from one source along the channel axis (the paper's "depth concatenation"). */
export function stack(
  parts: readonly Operator[],
  sourceSizes: readonly (number | null)[],
): Operator | AlgebraRefusal {
  const head = parts[0];
  if (head === undefined) return refuse('unsupported-op', 'There is nothing to concatenate.');
  if (parts.some((part) => part.geometry.transposed !== undefined)) {
    return refuse('unsupported-op', 'A transposed convolution is one of several that are concatenated.');
  }
  const level = parts.map((part) => ({ ...part.geometry, outChannels: head.geometry.outChannels }));
  const shared = sumGeometry(level, sourceSizes);
  if (isRefused(shared)) return shared;
  const outChannels = parts.reduce((total, part) => total + part.geometry.outChannels, 0);
  // Rows of different parts read the whole source, so the stack is dense.
  return { kind: 'stack', geometry: { ...shared, outChannels, groups: 1 }, parts };
}

/** The given output channels; the result is dense unless all rows stay in order and complete. */
export function selectRows(of: Operator, rows: readonly number[]): Operator {
  const whole = rows.length === of.geometry.outChannels && rows.every((row, place) => row === place);
  if (whole) return of;
  return { kind: 'rows', geometry: { ...of.geometry, outChannels: rows.length, groups: 1 }, of, rows };
}

/** What an operator finds outside its input. */
export interface Border {
  /** One value a channel. */
  readonly value: VectorExpr;
  /** Unit roundoff of the type in which whoever made the value computed it. */
  readonly roundoff: number;
}

/** Zero padding. */
export const ZERO_BORDER: Border = { value: { kind: 'number', value: 0 }, roundoff: unitRoundoff('float32') };

/**
 * `then` after `first`. Exact when `then` reads nothing outside what lies between them, or when what it finds there is
 * what `first` would have computed there: its response to zero.
 */
export function compose(
  first: Operator,
  then: Operator,
  border: Border,
  read: TensorReader,
): Operator | AlgebraRefusal {
  if (first.geometry.transposed !== undefined || then.geometry.transposed !== undefined) {
    return refuse(
      'unsupported-op',
      'A transposed convolution is followed by another convolution or by a border.',
    );
  }
  if (readsBetween(then.geometry)) {
    const refusal = checkBorder(first, then, border, read);
    if (refusal !== null) return refusal;
  }
  return composeInside(first, then);
}

/** The composition as it is away from the border: what `compose` gives when the border fits. */
export function composeInside(first: Operator, then: Operator): Operator {
  return { kind: 'compose', geometry: composeGeometry(first.geometry, then.geometry), first, then };
}

function checkBorder(
  first: Operator,
  then: Operator,
  border: Border,
  read: TensorReader,
): AlgebraRefusal | null {
  if (!borderIsVirtual(first.geometry, then.geometry)) {
    return refuse(
      'border-mismatch',
      'A padded operator follows one that is not padded as far, so near the border the two are not one convolution.',
    );
  }
  const response = biasVector(first, read);
  const wanted = evaluateVector(border.value, response.length, read);
  const worst = worstDifference(response, wanted, borderTolerance(border.roundoff));
  if (worst === null) return null;
  const error = borderError(then, response, wanted, read);
  return refuse(
    'border-mismatch',
    `The padding between two linear operators holds ${format(worst.border)} in channel ${worst.channel}, ` +
      `but the operator before it answers ${format(worst.response)} there` +
      `${error === null ? '' : `, which would change results near the border by up to ${format(error)}`}; ` +
      'pad with what it answers (its bias) to make them one convolution.',
  );
}

/** Kernels larger than this are not read for a sentence. */
const MAX_READ = 1 << 20;

/** max_o Σ |W₂[o, m, tap]|·|b₁[m] − border[m]|: how wrong a merge would be at most; null where the kernel is large. */
function borderError(
  then: Operator,
  response: Float64Array,
  border: Float64Array,
  read: TensorReader,
): number | null {
  const { geometry } = then;
  if (kernelSize(geometry) > MAX_READ) return null;
  const rows = kernelRows(then, read);
  const row = new Float64Array(rows.length);
  const taps = tapCount(geometry);
  const width = channelsPerGroup(geometry);
  let worst = 0;
  for (let o = 0; o < geometry.outChannels; o++) {
    rows.fill(o, row);
    const start = Math.floor(o / (geometry.outChannels / geometry.groups)) * width;
    const error = row.reduce((total, weight, at) => {
      const channel = start + Math.floor(at / taps);
      return total + Math.abs(weight * ((response[channel] as number) - (border[channel] as number)));
    }, 0);
    worst = Math.max(worst, error);
  }
  return worst;
}

/**
 * Exporters fold BatchNormalization in the model's type, so a border that was made to match differs from the response by a
 * few roundings of the terms they were computed from: 64 of float32's are far below any border that is really wrong. Half
 * precision has less room between the two: 8 roundings, as many as the folding of t = γ/√(σ² + ε) and β − μ·t makes.
 */
function borderTolerance(roundoff: number): number {
  return (roundoff > unitRoundoff('float32') ? 8 : 64) * roundoff;
}

function worstDifference(
  response: Float64Array,
  border: Float64Array,
  relative: number,
): { readonly channel: number; readonly response: number; readonly border: number } | null {
  const magnitudes = [...response, ...border].map(Math.abs).filter(Number.isFinite);
  const tolerance = relative * Math.max(0, ...magnitudes);
  let channel = -1;
  let worst = tolerance;
  response.forEach((value, place) => {
    const difference = Math.abs(value - (border[place] as number));
    // NaN and infinity, which a Pad may hold, fit nothing
    if (difference <= worst || (Number.isNaN(worst) && channel >= 0)) return;
    [worst, channel] = [difference, place];
  });
  if (channel < 0) return null;
  return { channel, response: response[channel] as number, border: border[channel] as number };
}

function format(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
