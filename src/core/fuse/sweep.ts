import { valuesRead } from '../ir/graphIndex';
import { liveValues } from '../ir/liveness';
import type { Graph, Node } from '../ir/model';

/**
 * Removes what a change left without a reader: constants and shape arithmetic that only fed removed nodes, their
 * initializers and type notes. What was unread before the change stays, with all it reads: it is not ours to judge; only
 * where it read a value that is gone must it go too.
 */
export function sweep(before: Graph, after: Graph): Graph {
  const liveBefore = liveValues(before);
  const wasRead = (node: Node): boolean => node.outputs.some((output) => liveBefore.has(output));
  const complete = withoutOrphans(after, wasRead);
  const unread = complete.nodes.filter((node) => !wasRead(node));
  const live = liveValues(
    complete,
    unread.flatMap((node) => [...valuesRead(node), ...node.outputs]),
  );
  const stays = (value: string): boolean => live.has(value) || !liveBefore.has(value);
  const nodes = complete.nodes.filter((node) => node.outputs.length === 0 || node.outputs.some(stays));
  const initializers = new Map([...after.initializers].filter(([name]) => stays(name)));
  const known = new Set([...initializers.keys(), ...after.inputs.map((input) => input.name)]);
  for (const node of nodes) for (const output of node.outputs) known.add(output);
  const valueTypes = new Map([...after.valueTypes].filter(([name]) => known.has(name)));
  return { ...after, nodes, initializers, valueTypes };
}

/** Without the nodes that nobody read before and that read what no longer exists. */
function withoutOrphans(graph: Graph, wasRead: (node: Node) => boolean): Graph {
  let { nodes } = graph;
  for (;;) {
    const known = new Set<string>([...graph.initializers.keys(), ...graph.inputs.map((input) => input.name)]);
    for (const node of nodes) for (const output of node.outputs) known.add(output);
    const kept = nodes.filter(
      (node) => wasRead(node) || [...valuesRead(node)].every((value) => known.has(value)),
    );
    if (kept.length === nodes.length) return { ...graph, nodes };
    nodes = kept;
  }
}
