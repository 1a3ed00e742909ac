import { indexGraph, type GraphIndex } from '../ir/graphIndex';
import type { Model, Node } from '../ir/model';
import { inferFacts, type ValueFacts } from '../passes/valueFacts';
import { inlineFunctions } from '../passes/inlineFunctions';

/** One of the two models that are compared, its functions inlined, and what is known of it without running it. */
export interface Side {
  readonly model: Model;
  readonly index: GraphIndex;
  readonly facts: ValueFacts;
}

export function sideOf(original: Model): Side {
  const model = inlineFunctions(original);
  const index = indexGraph(model.graph);
  return { model, index, facts: inferFacts(model, index) };
}

/** A node's inputs that depend on the model's input. */
export function variableInputs(side: Side, node: Node): readonly string[] {
  return node.inputs.filter((input) => input !== '' && !side.facts.constants.has(input));
}
