import { subgraphs } from '../ir/attributes';
import { captures } from '../ir/graphIndex';
import type { Graph, Node } from '../ir/model';

/**
 * Exporters keep one of several equal tensors and write the others as Identity nodes of it. Where a merged region read
 * the tensor under its own name, those that read it by an Identity would now be all that keeps the node: they read the
 * tensor itself, and the Identity goes. Names that outputs or subgraphs use stay.
 * @param freed initializers that removed nodes read.
 */
export function readThrough(graph: Graph, freed: ReadonlySet<string>): Graph {
  const pinned = new Set(graph.outputs.map((output) => output.name));
  for (const node of graph.nodes) {
    for (const inner of subgraphs(node)) for (const value of captures(inner)) pinned.add(value);
  }
  const names = new Map<string, string>();
  for (const node of graph.nodes) {
    const [from = '', to = ''] = [node.inputs[0], node.outputs[0]];
    const source = names.get(from) ?? from;
    if (isAlias(node) && freed.has(source) && graph.initializers.has(source) && !pinned.has(to))
      names.set(to, source);
  }
  if (names.size === 0) return graph;
  const nodes = graph.nodes.flatMap((node) => {
    if (names.has(node.outputs[0] ?? '')) return [];
    const isReader = node.inputs.some((input) => names.has(input));
    return isReader ? [{ ...node, inputs: node.inputs.map((input) => names.get(input) ?? input) }] : [node];
  });
  return { ...graph, nodes };
}

const isAlias = (node: Node): boolean => node.opType === 'Identity' && node.domain === '';
