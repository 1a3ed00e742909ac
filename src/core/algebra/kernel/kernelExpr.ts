import type { Geometry } from '../geometry/geometry';
import type { VectorExpr } from './vectorExpr';
import { vectorTensors } from './vectorExpr';

/**
 * The numbers of an operator as a lazy tree over the original tensors. Data only: it can be printed, compared and sent
 * to another thread; `kernelRows` computes it.
 */
export type KernelExpr = KernelForm & {
  /** Name of the graph's node that this part stands for. */
  readonly node?: string;
};

type KernelForm =
  /** The taps of a stored kernel [outChannels, inChannels/groups, …taps]. */
  | {
      readonly kind: 'conv';
      readonly geometry: Geometry;
      readonly weight: string;
      readonly bias: string | null;
    }
  /** The taps of a stored kernel [inChannels, outChannels/groups, …taps]. */
  | {
      readonly kind: 'convTranspose';
      readonly geometry: Geometry;
      readonly weight: string;
      readonly bias: string | null;
    }
  /** A stored matrix [inChannels, outChannels], or [outChannels, inChannels] when `transposed`; one tap. */
  | {
      readonly kind: 'linear';
      readonly geometry: Geometry;
      readonly weight: string;
      readonly transposed: boolean;
    }
  /** 1 at each channel's only tap. */
  | { readonly kind: 'identity'; readonly geometry: Geometry }
  /** 1/taps at every tap of each channel. */
  | { readonly kind: 'averagePool'; readonly geometry: Geometry }
  /** Row o times scale[o]; bias b[o]·scale[o] + shift[o]. */
  | {
      readonly kind: 'affine';
      readonly geometry: Geometry;
      readonly of: KernelExpr;
      readonly scale: VectorExpr | null;
      readonly shift: VectorExpr | null;
    }
  /** Σ coefficient · term. */
  | { readonly kind: 'sum'; readonly geometry: Geometry; readonly terms: readonly KernelTerm[] }
  /** `then` after `first`; `shift`, if any, is already part of `first`. */
  | {
      readonly kind: 'compose';
      readonly geometry: Geometry;
      readonly first: KernelExpr;
      readonly then: KernelExpr;
    }
  /** The given output channels of `of`, in that order. */
  | {
      readonly kind: 'rows';
      readonly geometry: Geometry;
      readonly of: KernelExpr;
      readonly rows: readonly number[];
    }
  /** Output channels of all parts, one after the other. */
  | { readonly kind: 'stack'; readonly geometry: Geometry; readonly parts: readonly KernelExpr[] };

export interface KernelTerm {
  readonly coefficient: number;
  readonly of: KernelExpr;
}

/** Names of all tensors that the tree reads, each once. */
export function kernelTensors(expr: KernelExpr): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: KernelExpr): void => {
    if (node.kind === 'conv' || node.kind === 'convTranspose') {
      names.add(node.weight);
      if (node.bias !== null) names.add(node.bias);
    }
    if (node.kind === 'linear') names.add(node.weight);
    if (node.kind === 'affine') {
      for (const vector of [node.scale, node.shift])
        if (vector !== null) vectorTensors(vector).forEach((name) => names.add(name));
    }
    children(node).forEach(visit);
  };
  visit(expr);
  return names;
}

/** The sub-expressions of a node. */
export function children(expr: KernelExpr): readonly KernelExpr[] {
  switch (expr.kind) {
    case 'affine':
    case 'rows':
      return [expr.of];
    case 'sum':
      return expr.terms.map((term) => term.of);
    case 'compose':
      return [expr.first, expr.then];
    case 'stack':
      return expr.parts;
    default:
      return [];
  }
}

const sizes = new WeakMap<KernelExpr, number>();

/**
 * Number of nodes of the expression read as a tree. Operators share sub-expressions, so a graph of nested joins can make a
 * small expression stand for an exponential tree; whoever builds one asks this first.
 */
export function treeSize(expr: KernelExpr): number {
  const known = sizes.get(expr);
  if (known !== undefined) return known;
  const size = children(expr).reduce((total, child) => total + treeSize(child), 1);
  sizes.set(expr, size);
  return size;
}
