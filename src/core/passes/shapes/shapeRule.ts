import type { Dim, Node, ValueType } from '../../ir/model';

/** What a shape rule sees of a node: its types, and the values of those inputs that say a shape. */
export interface NodeView {
  readonly node: Node;
  /** Operator set version of the node's domain. */
  readonly opset: number;
  /** Whether the optional input is given. */
  has(input: number): boolean;
  /** null: left out, or nothing is known. */
  type(input: number): ValueType | null;
  /** The elements of a small integer input, those not known as symbols or null; null where nothing is known. */
  ints(input: number): readonly Dim[] | null;
  /** The elements of a small constant input of any numeric type. */
  numbers(input: number): readonly number[] | null;
}

/**
 * Types of a node's outputs, in order; null where nothing is known.
 * @throws ShapeConflict when the inputs' shapes can't go together.
 */
export type ShapeRule = (view: NodeView) => readonly (ValueType | null)[];

export type ShapeRules = Readonly<Record<string, ShapeRule>>;
