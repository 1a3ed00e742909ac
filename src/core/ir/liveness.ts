import { valuesRead } from './graphIndex';
import type { Graph, Node } from './model';

/** Values that some root depends on: the graph's outputs, and whatever else is given. Outputs of one node live together. */
export function liveValues(graph: Graph, alsoRead: Iterable<string> = []): ReadonlySet<string> {
  const producer = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producer.set(output, node);
  const live = new Set<string>();
  const stack = [...graph.outputs.map((output) => output.name), ...alsoRead];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === '' || live.has(value)) continue;
    live.add(value);
    const node = producer.get(value);
    if (node === undefined) continue;
    for (const sibling of node.outputs) live.add(sibling);
    stack.push(...valuesRead(node));
  }
  return live;
}
