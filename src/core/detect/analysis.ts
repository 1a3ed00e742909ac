import type { TensorReader } from '../algebra/kernel/vectorExpr';
import { indexGraph, type GraphIndex } from '../ir/graphIndex';
import { dominatorTree, type DominatorTree } from '../ir/dominators';
import type { Dim, Model, Node, ValueType } from '../ir/model';
import { inferFacts, type ValueFacts } from '../passes/valueFacts';
import { inlineFunctions } from '../passes/inlineFunctions';

/** Everything that detection asks of a model; computed once, reads no kernel. */
export interface Analysis {
  /** The model with its functions inlined: what blocks and plans refer to. */
  readonly model: Model;
  readonly index: GraphIndex;
  readonly facts: ValueFacts;
  readonly dominators: DominatorTree;
  readonly read: TensorReader;
}

export function analyse(original: Model): Analysis {
  const model = inlineFunctions(original);
  const index = indexGraph(model.graph);
  const facts = inferFacts(model, index);
  return {
    model,
    index,
    facts,
    dominators: dominatorTree(index, (value) => facts.constants.has(value)),
    read: (name) => {
      const tensor = facts.constants.get(name);
      if (tensor === undefined) throw new RangeError(`"${name}" is not a constant`);
      return tensor;
    },
  };
}

export function isConstant(analysis: Analysis, value: string): boolean {
  return analysis.facts.constants.has(value);
}

export function typeOf(analysis: Analysis, value: string): ValueType | null {
  return analysis.facts.types.get(value) ?? null;
}

/** A node's inputs that depend on the model's input. */
export function variableInputs(analysis: Analysis, node: Node): readonly string[] {
  return node.inputs.filter((input) => input !== '' && !isConstant(analysis, input));
}

/** Batch-and-channel layout [N, C, …spatial]: the channels and the spatial sizes of a value, null where they are not known. */
export function imageShape(
  analysis: Analysis,
  value: string,
): { readonly channels: number; readonly sizes: readonly (number | null)[] } | null {
  const dims = typeOf(analysis, value)?.dims;
  const channels = dims?.[1];
  if (!dims || dims.length < 2 || typeof channels !== 'number' || channels < 1) return null;
  return { channels, sizes: dims.slice(2).map(knownSize) };
}

function knownSize(dim: Dim): number | null {
  return typeof dim === 'number' ? dim : null;
}
