import type { ConvAxis } from '../../algebra/geometry/axis';
import { sumGeometry, type Geometry } from '../../algebra/geometry/geometry';
import { convGeometry } from '../../algebra/kernel/mergedConv';
import type { Operator } from '../../algebra/operator';
import { isRefused } from '../../algebra/refusal';
import type { Head } from './head';
import { combined, hasBias, hasTaps, operatorsOf, zero, type Mixed } from './reading';

/**
 * The one convolution that a dynamic convolution becomes.
 *
 *     kernel   W(x) = Σ_k a_k·W_k + W_rest,   b(x) = Σ_k a_k·b_k + b_rest,   y = conv(x; W(x)) + b(x)
 *     feature  y = Σ_k a_k·conv(x; W_k, b_k) + rest, the K convolutions in one of K·O channels
 *
 * The first needs as few multiplications as one convolution but holds the batch in its groups; the second works for any.
 */
export type AggregationForm = 'kernel' | 'feature';

export interface Aggregation {
  readonly form: AggregationForm;
  /** Of one kernel; every kernel of the bank lies on its lattice. */
  readonly geometry: Geometry;
  readonly axes: readonly ConvAxis[];
  /** One operator for each of the head's weights, in its order. */
  readonly rows: readonly Operator[];
  /** What has coefficient 1. */
  readonly rest: Operator | null;
  readonly restHasTaps: boolean;
  /** `mixed`: a bank of biases; `constant`: that of `rest` alone. */
  readonly bias: 'none' | 'constant' | 'mixed';
}

/**
 * Lays a reading out as a bank. What has coefficient 1 (W_s of a static branch, β − μt of a BN) goes into every row where
 * the weights add up to 1: Σ_k a_k·(W_k + W_s) = Σ_k a_k·W_k + W_s. Where they need not, it is added after mixing.
 */
export function aggregation(
  mixed: Mixed,
  head: Head,
  form: AggregationForm,
  sourceSizes: readonly (number | null)[],
): Aggregation | null {
  const hull = sumGeometry(
    operatorsOf(mixed).map((operator) => operator.geometry),
    sourceSizes,
  );
  if (isRefused(hull) || hull.transposed !== undefined) return null;
  const { geometry, axes } = convGeometry(hull);
  const places = Array.from({ length: head.count }, (_, place) => place);
  const complete = head.sumsToOne && mixed.terms.size === head.count;
  const biased = [...mixed.terms.values()].some(hasBias);
  const { rest } = mixed;
  const restHasTaps = rest !== null && hasTaps(rest);
  const absorbs = rest !== null && complete && (restHasTaps || biased || form === 'feature');
  const rows: Operator[] = [];
  for (const place of places) {
    const own = mixed.terms.get(place) ?? zero(hull);
    const row = absorbs
      ? combined(
          [own, rest].map((of) => ({ coefficient: 1, of })),
          sourceSizes,
        )
      : own;
    if (row === null) return null;
    rows.push(row);
  }
  const left = absorbs ? null : rest;
  const bias = rows.some(hasBias) ? 'mixed' : left !== null && hasBias(left) ? 'constant' : 'none';
  return { form, geometry, axes, rows, rest: left, restHasTaps: left !== null && restHasTaps, bias };
}
