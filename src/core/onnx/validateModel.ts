import { subgraphs } from '../ir/attributes';
import { captures } from '../ir/graphIndex';
import type { Graph, ModelFunction } from '../ir/model';
import { validateGraph } from '../ir/validate';
import { ProblemError, raise } from '../result';

/** Validates a graph and all graphs within; a subgraph sees the names around it. @throws ProblemError `bad-input`. */
export function validateGraphTree(graph: Graph, outer: ReadonlySet<string> = new Set()): void {
  validateGraph(graph, outer);
  let known: ReadonlySet<string> | null = null;
  for (const node of graph.nodes) {
    for (const inner of subgraphs(node)) {
      known ??= namesIn(graph, outer);
      const visible = known;
      // only what it captures: a model may have thousands of subgraphs
      validateGraphTree(inner, new Set([...captures(inner)].filter((name) => visible.has(name))));
    }
  }
}

/** Validates a function's body. @throws ProblemError `bad-input` that names the function. */
export function validateFunction(fn: ModelFunction): void {
  const value = (name: string) => ({ name, type: null });
  try {
    validateGraphTree({
      name: fn.name,
      inputs: fn.inputs.map(value),
      outputs: fn.outputs.map(value),
      nodes: fn.nodes,
      initializers: new Map(),
      overridable: new Set(),
      valueTypes: new Map(),
    });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    raise(error.problem.code, `In the function "${fn.name}": ${error.message}`);
  }
}

function namesIn(graph: Graph, outer: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set<string>(outer);
  for (const input of graph.inputs) names.add(input.name);
  for (const name of graph.initializers.keys()) names.add(name);
  for (const node of graph.nodes) for (const output of node.outputs) names.add(output);
  return names;
}
