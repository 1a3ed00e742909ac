import { subgraphs } from '../ir/attributes';
import { captures } from '../ir/graphIndex';
import type { Graph, Node } from '../ir/model';

/**
 * Removes what a change left without a reader: constants and shape arithmetic that only fed removed nodes, their
 * initializers and type notes. What was unread before the change stays: it is not ours to judge.
 */
export function sweep(before: Graph, after: Graph): Graph {
  const liveBefore = liveValues(before);
  const liveAfter = liveValues(after);
  const stays = (value: string): boolean => liveAfter.has(value) || !liveBefore.has(value);
  const nodes = after.nodes.filter((node) => node.outputs.some(stays) || node.outputs.length === 0);
  const initializers = new Map([...after.initializers].filter(([name]) => stays(name)));
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const known = (name: string): boolean =>
    made.has(name) || initializers.has(name) || after.inputs.some((input) => input.name === name);
  const valueTypes = new Map([...after.valueTypes].filter(([name]) => known(name)));
  return { ...after, nodes, initializers, valueTypes };
}

/** Values that some output of the graph depends on. */
function liveValues(graph: Graph): ReadonlySet<string> {
  const producer = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producer.set(output, node);
  const live = new Set<string>();
  const stack = graph.outputs.map((output) => output.name);
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === '' || live.has(value)) continue;
    live.add(value);
    const node = producer.get(value);
    if (node === undefined) continue;
    for (const sibling of node.outputs) live.add(sibling);
    stack.push(...node.inputs);
    for (const inner of subgraphs(node)) stack.push(...captures(inner));
  }
  return live;
}
