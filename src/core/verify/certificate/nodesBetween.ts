import type { Node } from '../../ir/model';
import type { BlockPart } from '../block/blockRuns';
import { variableInputs } from '../side';

/** The nodes that lead from a part's source to its sink. */
export function nodesBetween({ side, source, sink }: BlockPart): readonly Node[] {
  const nodes = new Set<Node>();
  const open = [sink];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const node = value === source ? undefined : side.index.producer.get(value);
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    open.push(...variableInputs(side, node));
  }
  return [...nodes];
}
