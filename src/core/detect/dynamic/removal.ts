import type { Node } from '../../ir/model';
import type { Analysis } from '../analysis';

const MAX_CHASE = 256;

/** Whether nothing outside needs a value that the nodes make, the sink excepted; readers that feed nothing else don't count. */
export function canReplace(analysis: Analysis, nodes: readonly Node[], sink: string): boolean {
  const removed = new Set(nodes);
  const { consumers, outputs } = analysis.index;
  return nodes.every((node) =>
    node.outputs.every(
      (value) =>
        value === sink ||
        (!outputs.has(value) &&
          (consumers.get(value) ?? []).every(
            (reader) => removed.has(reader) || diesWith(analysis, reader, removed),
          )),
    ),
  );
}

/** Whether what a reader makes goes only into `removed`. */
function diesWith(analysis: Analysis, reader: Node, removed: ReadonlySet<Node>): boolean {
  const seen = new Set<Node>([reader]);
  for (const node of seen) {
    if (seen.size > MAX_CHASE) return false;
    for (const value of node.outputs) {
      if (analysis.index.outputs.has(value)) return false;
      for (const next of analysis.index.consumers.get(value) ?? []) if (!removed.has(next)) seen.add(next);
    }
  }
  return true;
}

/** Nodes that only turned the attention's weights into what the removed nodes read: they go with them. */
export function selectionsOnlyFor(
  analysis: Analysis,
  head: string,
  removed: readonly Node[],
): readonly Node[] {
  const gone = new Set(removed);
  const freed: Node[] = [];
  for (let changed = true; changed;) {
    changed = false;
    for (const node of [...gone]) {
      for (const input of node.inputs) {
        const above = analysis.index.producer.get(input);
        if (input === head || above === undefined || gone.has(above) || !leadsTo(analysis, head, above))
          continue;
        const needed = above.outputs.some(
          (value) =>
            analysis.index.outputs.has(value) ||
            (analysis.index.consumers.get(value) ?? []).some((reader) => !gone.has(reader)),
        );
        if (needed) continue;
        gone.add(above);
        freed.push(above);
        changed = true;
      }
    }
  }
  return freed;
}

/** Whether a node stands between the head and a product. */
function leadsTo(analysis: Analysis, head: string, node: Node): boolean {
  let current: Node | undefined = node;
  for (let step = 0; current !== undefined && step < MAX_CHASE; step++) {
    const [input] = current.inputs;
    if (input === head) return true;
    current = analysis.index.producer.get(input ?? '');
  }
  return false;
}
