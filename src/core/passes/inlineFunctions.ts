import { subgraphs } from '../ir/attributes';
import type { Graph, Model, Node } from '../ir/model';
import { nameAuthority } from '../ir/nameAuthority';
import { callScope, type CallScope } from './inlining/callScope';
import { copyNode } from './inlining/copyNode';
import { checkExpansion } from './inlining/expansionLimits';
import { functionTable, type FunctionTable } from './inlining/functionTable';

/**
 * The model with calls of its own functions replaced by their bodies; the model itself where there are no functions.
 * Inner values and nodes are called `<call>/<inner>`; a function's outputs take the names that the call gives them.
 * Calls inside subgraphs stay as they are, and then so do the functions.
 * @throws ProblemError `bad-input` for functions that call themselves, nest too deep or grow too large.
 */
export function inlineFunctions(model: Model): Model {
  if (model.functions.length === 0) return model;
  const functions = functionTable(model.functions);
  checkExpansion(model.graph.nodes, functions);
  const inliner = new Inliner(functions, callScope(nameAuthority(model.graph)));
  const nodes = inliner.expandAll(model.graph.nodes);
  const graph: Graph = { ...model.graph, nodes };
  return { ...model, graph, functions: hasCalls(nodes, functions) ? model.functions : [] };
}

class Inliner {
  private readonly result: Node[] = [];

  constructor(
    private readonly functions: FunctionTable,
    private readonly root: CallScope,
  ) {}

  expandAll(nodes: readonly Node[]): readonly Node[] {
    for (const node of nodes) this.expand(node);
    return this.result;
  }

  private expand(node: Node): void {
    const body = this.functions.find(node);
    if (body === null) {
      this.result.push(node);
      return;
    }
    const scope = this.root.enter(node, body);
    for (const inner of body.nodes) this.expand(copyNode(inner, node, body, scope));
    this.result.push(...scope.passThrough());
  }
}

/** Whether some call is left, inside a subgraph; an explicit stack, as subgraphs may nest deep. */
function hasCalls(nodes: readonly Node[], functions: FunctionTable): boolean {
  const waiting = [...nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (functions.find(node) !== null) return true;
    for (const graph of subgraphs(node)) for (const inner of graph.nodes) waiting.push(inner);
  }
  return false;
}
