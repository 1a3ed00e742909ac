import type { Geometry } from '../../algebra/geometry/geometry';
import { children, type KernelExpr } from '../../algebra/kernel/kernelExpr';
import { sum, type Operator } from '../../algebra/operator';
import { isRefused } from '../../algebra/refusal';
import type { Dim } from '../../ir/model';
import type { Mixture } from './mixture';

/**
 * What the interpretation knows of a tensor with respect to the source x and one attention head a:
 *
 *     y = Σ_k a_k(x) · L_k(x) + L_rest(x)
 *
 * each L an affine convolution operator of the algebra.
 */
export interface Mixed {
  readonly kind: 'mixed';
  readonly terms: ReadonlyMap<number, Operator>;
  readonly rest: Operator | null;
  readonly layout: Layout;
}

/**
 * How the tensor holds the images: `image` [N, O, …S]; `rows` all samples' elements one after the other in any other shape
 * ([1, N·O, …S], [N, 1, O·S]); `stack` the terms not yet summed, on an axis of their own.
 */
export type Layout =
  | { readonly kind: 'image' }
  | { readonly kind: 'rows'; readonly spatial: readonly Dim[] }
  | { readonly kind: 'stack'; readonly axis: number };

export type Reading =
  | Mixed
  | Mixture
  /** No attention on the way from the source: the algebra's own business, looked at when needed. */
  | { readonly kind: 'static' };

export const IMAGE: Layout = { kind: 'image' };

/** Σ coefficient · operator; null where they are not one operator. */
export function combined(
  parts: readonly { readonly coefficient: number; readonly of: Operator }[],
  sourceSizes: readonly (number | null)[],
): Operator | null {
  const [only] = parts;
  if (only?.coefficient === 1 && parts.length === 1) return only.of;
  const total = sum(parts, sourceSizes);
  return isRefused(total) ? null : total;
}

/** The operator that makes zeros, of a given geometry. */
export function zero(geometry: Geometry): Operator {
  return { kind: 'sum', geometry, terms: [] };
}

/** Whether an operator has taps at all: what a BN adds is an operator without. */
export function hasTaps(expr: KernelExpr): boolean {
  switch (expr.kind) {
    case 'sum':
      return expr.terms.some((term) => hasTaps(term.of));
    case 'affine':
    case 'rows':
      return hasTaps(expr.of);
    default:
      return true;
  }
}

/** Whether a convolution or matrix is part of an operator: a weighted copy of the source is no dynamic convolution. */
export function hasConv(expr: KernelExpr): boolean {
  return expr.kind === 'conv' || expr.kind === 'linear' || children(expr).some(hasConv);
}

/** Whether an operator may answer zero with something else. */
export function hasBias(expr: KernelExpr): boolean {
  switch (expr.kind) {
    case 'conv':
      return expr.bias !== null;
    case 'affine':
      return expr.shift !== null || hasBias(expr.of);
    case 'rows':
      return hasBias(expr.of);
    case 'sum':
      return expr.terms.some((term) => hasBias(term.of));
    case 'stack':
      return expr.parts.some(hasBias);
    case 'compose':
      return hasBias(expr.first) || hasBias(expr.then);
    default:
      return false;
  }
}

/** All operators of a reading. */
export function operatorsOf({ terms, rest }: Mixed): readonly Operator[] {
  return rest === null ? [...terms.values()] : [...terms.values(), rest];
}
