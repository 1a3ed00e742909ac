import type { Dim, Node, ValueType } from '../ir/model';
import type { NodeView } from './shapes/shapeRule';

/** Where a view finds what is known of values by name. */
export interface KnownValues {
  readonly types: ReadonlyMap<string, ValueType>;
  intsOf(value: string): readonly Dim[] | null;
  numbersOf(value: string): readonly number[] | null;
}

/** A node's inputs by place; a class and not closures, since one is made for each of many thousand nodes. */
export class FactView implements NodeView {
  constructor(
    readonly node: Node,
    readonly opset: number,
    private readonly known: KnownValues,
  ) {}

  has(input: number): boolean {
    return this.name(input) !== '';
  }

  type(input: number): ValueType | null {
    return this.known.types.get(this.name(input)) ?? null;
  }

  ints(input: number): readonly Dim[] | null {
    return this.known.intsOf(this.name(input));
  }

  numbers(input: number): readonly number[] | null {
    return this.known.numbersOf(this.name(input));
  }

  private name(input: number): string {
    return this.node.inputs[input] ?? '';
  }
}
