import type { GraphIndex } from '../ir/graphIndex';
import type { Model, ValueType } from '../ir/model';
import type { Tensor } from '../tensor/tensor';
import { declaredTypes } from './declaredTypes';
import { FactTable } from './factTable';

/** What is known of a model's values without running it. */
export interface ValueFacts {
  /** Types of all values; none for those nothing is known of. */
  readonly types: ReadonlyMap<string, ValueType>;
  /**
   * Values that depend on no input: the file's own tensors, and folded ones whose bytes are computed at each call
   * (in float64, rounded once; small ones are kept).
   */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Nodes whose shapes can't go together: the file is broken, or a binding contradicts what its exporter baked in. */
  readonly conflicts: readonly ShapeConflictAt[];
}

/** Facts as they were inferred, and the table that found them: with it the same model's facts at other sizes come cheaper. */
export interface InferredFacts extends ValueFacts {
  readonly table: FactTable;
}

export interface ShapeConflictAt {
  /** Name of the node, or of the graph's output. */
  readonly node: string;
  /** One sentence. */
  readonly message: string;
}

/**
 * Types and constants of all values, in one pass over the nodes; reads no weights, only small tensors that say shapes.
 * Sizes stay symbols as far as they can (see symbolicDim), or become numbers by `bindings` (symbol → size; unnamed
 * sizes are called as `symbolicDims` calls them). Computed types win over those the file declares.
 * @param open the facts of the same model without bindings.
 */
export function inferFacts(
  model: Model,
  index: GraphIndex,
  bindings: ReadonlyMap<string, number> = new Map(),
  open: FactTable | null = null,
): InferredFacts {
  const table = new FactTable(model, declaredTypes(model.graph, bindings), open);
  for (const node of index.order) table.visit(node);
  const conflicts = [...table.conflicts, ...outputConflicts(model, table.types, bindings)];
  return { types: table.types, constants: table.pool.tensors, conflicts, table };
}

/**
 * Outputs whose batch the file ties to an input's by a symbol, but came out differently: a baked batch of 2 broadcasts
 * against 1 without a complaint. Other axes are not asked: people give input and output the same names for sizes that
 * a stride makes differ.
 */
function outputConflicts(
  model: Model,
  types: ReadonlyMap<string, ValueType>,
  bindings: ReadonlyMap<string, number>,
): readonly ShapeConflictAt[] {
  return model.graph.outputs.flatMap(({ name, type }) => {
    const batch = type?.dims?.[0];
    const bound = typeof batch === 'string' ? bindings.get(batch) : undefined;
    const actual = types.get(name)?.dims?.[0];
    if (bound === undefined || typeof actual !== 'number' || actual === bound) return [];
    const message = `Output "${name}" has ${actual} on axis 0 where the file says ${batch}, which is ${bound}.`;
    return [{ node: name, message }];
  });
}
