import type { Node, ValueInfo, ValueType } from '../ir/model';
import type { Tensor } from '../tensor/tensor';
import { declaredTypes } from './declaredTypes';
import { FactTable } from './factTable';

/** Types of a graph's values while the graph is being made: node by node, each after those that it reads. */
export class LiveFacts {
  private readonly table: FactTable;

  constructor(inputs: readonly ValueInfo[], opset: number) {
    const graph = {
      ...{ name: 'main', inputs, outputs: [], nodes: [] },
      ...{ initializers: new Map(), overridable: new Set<string>(), valueTypes: new Map() },
    };
    const opsets = new Map([['', opset]]);
    const model = { format: 'onnx', graph, functions: [], opsets, producer: '', source: null } as const;
    this.table = new FactTable(model, declaredTypes(graph, new Map()));
  }

  constant(name: string, tensor: Tensor): void {
    this.table.addConstant(name, tensor);
  }

  /** @returns why the shapes that the node reads can't go together, one sentence; null where they can. */
  node(node: Node): string | null {
    this.table.visit(node);
    return this.table.conflicts.at(-1)?.message ?? null;
  }

  type(value: string): ValueType | null {
    return this.table.types.get(value) ?? null;
  }

  /** The elements of a small constant that was given or is computed from such. */
  numbers(value: string): readonly number[] | null {
    return this.table.numbersOf(value);
  }
}
