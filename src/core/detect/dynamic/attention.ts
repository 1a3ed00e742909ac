import type { Node } from '../../ir/model';
import type { Analysis } from '../analysis';
import { collectRegion } from '../region';
import type { Head } from './head';
import { dataInputs, dimsOf } from './relabel';

/** An attention branch is a pooling, two small layers and what stands between; this bounds the walk up from its end. */
const MAX_NODES = 96;

/**
 * The nodes of the attention branch, in topological order: all between the source and the weights where it starts at the
 * source, else those from the pooling on.
 */
export function attentionNodes(analysis: Analysis, source: string, { value }: Head): readonly Node[] {
  if (analysis.dominators.nearestCommonDominator([source, value]) === source) {
    const region = collectRegion(analysis, source, value);
    if (region !== null && region.nodes.length <= MAX_NODES) return region.nodes;
  }
  const nodes = new Set<Node>();
  const stack = [value];
  for (let next = stack.pop(); next !== undefined && nodes.size < MAX_NODES; next = stack.pop()) {
    const node = analysis.index.producer.get(next);
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    // the node that reads the whole image is the pooling
    stack.push(...dataInputs(analysis, node).filter((input) => isSmall(analysis, input)));
  }
  const { position } = analysis.index;
  return [...nodes].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
}

function isSmall(analysis: Analysis, value: string): boolean {
  return (
    dimsOf(analysis, value)
      ?.slice(2)
      .every((dim) => dim === 1) ?? false
  );
}
