import type { Detection } from '../detect/detect';
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
  return withOpenSizes(model, indexGraph(model.graph));
}

/** The model that was searched for blocks, whose nodes the blocks refer to. Facts that hold at one size only don't count here. */
export function sideOfDetection({ analysis }: Detection): Side {
  return withOpenSizes(analysis.model, analysis.index);
}

function withOpenSizes(model: Model, index: GraphIndex): Side {
  return { model, index, facts: inferFacts(model, index) };
}

/** A node's inputs that depend on the model's input. */
export function variableInputs(side: Side, node: Node): readonly string[] {
  return node.inputs.filter((input) => input !== '' && !side.facts.constants.has(input));
}
