import type { FusableBlock } from '../detect/block';
import type { Detection } from '../detect/detect';
import type { Graph, Node } from '../ir/model';
import { sweep } from './sweep';

/**
 * The graph as it will be once all fusable blocks are merged, with one stand-in node a block and without their weights:
 * for counting, before anything is computed.
 */
export function previewGraph({ analysis, blocks }: Detection): Graph {
  const { graph } = analysis.model;
  const fusable = blocks.flatMap((block) =>
    block.status === 'fusable' && block.dynamic === undefined ? [block] : [],
  );
  const removed = new Set<Node>(fusable.flatMap((block) => block.region.nodes));
  const merged = new Map(fusable.map((block) => [block.region.sink, standIn(block)]));
  const nodes = graph.nodes.flatMap((node) => {
    if (!removed.has(node)) return [node];
    return node.outputs.flatMap((output) => merged.get(output) ?? []);
  });
  return sweep(graph, { ...graph, nodes });
}

function standIn({ id, region }: FusableBlock): Node {
  return {
    name: `${id}.merged`,
    opType: 'Conv',
    domain: '',
    inputs: [region.source],
    outputs: [region.sink],
    attributes: new Map(),
    origin: { kind: 'new', provenance: {} },
  };
}
