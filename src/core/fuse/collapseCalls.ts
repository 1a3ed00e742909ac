import type { Graph, Node } from '../ir/model';

/**
 * Puts calls of model-local functions back where fusion touched none of the call's nodes, so that the written model keeps
 * its functions; a call with a merged block inside stays inlined.
 */
export function collapseCalls(graph: Graph, before: Graph): Graph {
  const whole = callSizes(before);
  if (whole.size === 0) return graph;
  const now = callSizes(graph);
  const intact = (call: Node): boolean => now.get(call) === whole.get(call);
  const emitted = new Set<Node>();
  const last = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const call = outermostCall(node);
    if (call !== null) last.set(call, node);
  }
  const nodes = graph.nodes.flatMap((node) => {
    const call = outermostCall(node);
    if (call === null || !intact(call)) return [node];
    if (last.get(call) !== node || emitted.has(call)) return [];
    emitted.add(call);
    return [call];
  });
  return { ...graph, nodes };
}

function callSizes(graph: Graph): ReadonlyMap<Node, number> {
  const sizes = new Map<Node, number>();
  for (const node of graph.nodes) {
    const call = outermostCall(node);
    if (call !== null) sizes.set(call, (sizes.get(call) ?? 0) + 1);
  }
  return sizes;
}

function outermostCall(node: Node): Node | null {
  let call: Node | null = null;
  for (let { origin } = node; origin.kind === 'inlined'; { origin } = origin.call) call = origin.call;
  return call;
}
