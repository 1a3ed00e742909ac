import { subgraphs } from '../ir/attributes';
import type { Graph, Model, ModelFunction, Node } from '../ir/model';
import { nameAuthority } from '../ir/nameAuthority';
import { raise } from '../result';
import { callScope, type CallScope } from './inlining/callScope';
import { copyNode } from './inlining/copyNode';
import { functionTable, type FunctionTable } from './inlining/functionTable';

/** Deeper nesting is no model but an attack, or a function that calls itself. */
const MAX_DEPTH = 64;
/** Functions that call functions twice each grow as 2^depth. */
const MAX_NODES = 500_000;

/**
 * The model with calls of its own functions replaced by their bodies; the model itself where there are no functions.
 * Inner values and nodes are called `<call>/<inner>`; a function's outputs take the names that the call gives them.
 * Calls inside subgraphs stay as they are, and then so do the functions.
 * @throws ProblemError `bad-input` for functions that call themselves or grow without bounds.
 */
export function inlineFunctions(model: Model): Model {
  if (model.functions.length === 0) return model;
  const functions = functionTable(model.functions);
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
    for (const node of nodes) this.expand(node, 0);
    return this.result;
  }

  private expand(node: Node, depth: number): void {
    const body = this.functions.find(node);
    if (body === null) {
      if (this.result.length >= MAX_NODES) {
        raise(
          'bad-input',
          `The model has more than ${MAX_NODES} nodes once its functions are inlined, at "${node.name}".`,
        );
      }
      this.result.push(node);
      return;
    }
    if (depth >= MAX_DEPTH) {
      raise(
        'bad-input',
        `Function "${body.name}" is called more than ${MAX_DEPTH} levels deep; it may call itself.`,
      );
    }
    this.expandCall(node, body, depth);
  }

  private expandCall(call: Node, body: ModelFunction, depth: number): void {
    const scope = this.root.enter(call, body);
    for (const inner of body.nodes) this.expand(copyNode(inner, call, body, scope), depth + 1);
    for (const node of scope.passThrough()) this.expand(node, depth);
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
