import type { Operator } from '../algebra/operator';
import type { Node } from '../ir/model';

/**
 * What the interpretation knows of one tensor: its operator with respect to the source, and how the tensor at hand is laid
 * out relative to the operator's [N, C, …spatial].
 */
export interface Image {
  readonly operator: Operator;
  /** For each axis of the tensor the axis of [N, C, …spatial] that it is; null: the same. */
  readonly order: readonly number[] | null;
  /** A border around the operator's output whose values are not (yet) known to be what the operator would give there. */
  readonly frame: Frame | null;
  /** The channel axis, split in two by a Reshape on the way to a channel shuffle. */
  readonly split: ChannelSplit | null;
}

/**
 * A padded tensor as cells: each row of the border is a class of its own, the inside is one class. A cell is a choice of a
 * class for each spatial axis and holds one value a channel.
 */
export interface Frame {
  readonly pads: readonly { readonly begin: number; readonly end: number }[];
  /** One vector a cell, in row-major order of classes; the inside's own entry is unused. */
  readonly cells: readonly Float64Array[];
  /** The Pad node. */
  readonly node: Node;
}

/** [N, a·b, …] seen as [N, a, b, …], and then perhaps as [N, b, a, …]. */
export interface ChannelSplit {
  readonly outer: number;
  readonly inner: number;
  readonly swapped: boolean;
}

export function plainImage(operator: Operator, order: readonly number[] | null = null): Image {
  return { operator, order, frame: null, split: null };
}

export function sameOrder(a: readonly number[] | null, b: readonly number[] | null): boolean {
  return a === b || (a !== null && b !== null && a.join() === b.join());
}

/** Number of classes of one axis: its border rows, and the inside. */
export function classCount(pads: { readonly begin: number; readonly end: number }): number {
  return pads.begin + 1 + pads.end;
}

/** The class of a place on an axis of `size` elements, border included. */
export function classOf(
  pads: { readonly begin: number; readonly end: number },
  size: number,
  place: number,
): number {
  if (place < pads.begin) return place;
  return place < size - pads.end ? pads.begin : place - (size - pads.end) + pads.begin + 1;
}
