import { subgraphs } from '../../ir/attributes';
import type { ModelFunction, Node } from '../../ir/model';
import { raise } from '../../result';
import type { FunctionTable } from './functionTable';

/** Deeper nesting is no model but an attack. */
const MAX_DEPTH = 64;
/** Functions that each call the next one twice grow as 2^depth. */
const MAX_NODES = 200_000;

/**
 * Counts what `nodes` become once their calls are inlined, before anything is copied.
 * @throws ProblemError `bad-input` for functions that call themselves, nest too deep or grow too large.
 */
export function checkExpansion(nodes: readonly Node[], functions: FunctionTable): void {
  const counted = new Map<ModelFunction, Expansion>();
  const total = nodes.reduce((count, node) => count + expansionOf(node, functions, counted, []).nodes, 0);
  if (total > MAX_NODES) {
    raise(
      'bad-input',
      `The model would have ${total} nodes once its functions are inlined; more than ${MAX_NODES} are refused.`,
    );
  }
}

interface Expansion {
  readonly nodes: number;
  /** Levels of calls. */
  readonly height: number;
}

/** `callers` are the functions that are being counted, outermost first. */
function expansionOf(
  node: Node,
  functions: FunctionTable,
  counted: Map<ModelFunction, Expansion>,
  callers: readonly ModelFunction[],
): Expansion {
  const body = functions.find(node);
  if (body === null) return { nodes: nodesWithin(node), height: 0 };
  if (callers.includes(body))
    raise('bad-input', `Function "${body.name}" calls itself, so it can't be inlined.`);
  const known = counted.get(body);
  if (callers.length + (known?.height ?? 1) > MAX_DEPTH) {
    raise(
      'bad-input',
      `Functions call each other more than ${MAX_DEPTH} levels deep, down to "${body.name}".`,
    );
  }
  if (known !== undefined) return known;
  const inside = [...callers, body];
  // one more for each output that may need a copy
  let expansion: Expansion = { nodes: body.outputs.length, height: 0 };
  for (const inner of body.nodes) {
    const { nodes, height } = expansionOf(inner, functions, counted, inside);
    expansion = { nodes: expansion.nodes + nodes, height: Math.max(expansion.height, height) };
  }
  expansion = { nodes: expansion.nodes, height: expansion.height + 1 };
  counted.set(body, expansion);
  return expansion;
}

/** The node and all nodes of its subgraphs. */
function nodesWithin(node: Node): number {
  let count = 0;
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    count += 1;
    for (const graph of subgraphs(next)) for (const inner of graph.nodes) waiting.push(inner);
  }
  return count;
}
