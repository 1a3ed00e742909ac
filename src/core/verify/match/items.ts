import { valuesRead } from '../../ir/graphIndex';
import type { Node } from '../../ir/model';
import type { Side } from '../side';
import type { Part } from './part';

/** What the first model consists of once its blocks are seen as one thing each: nodes and blocks. */
export type Item =
  { readonly kind: 'node'; readonly node: Node } | { readonly kind: 'block'; readonly block: Part };

/**
 * The items that the graph's outputs depend on, each after those it needs. Constants are no items, and what only fed a
 * block from inside (shape arithmetic on its source) is part of the block.
 */
export function liveItems(side: Side, blocks: readonly Part[]): readonly Item[] {
  const blockAt = new Map(blocks.map((block) => [block.region.sink, block]));
  const { producer } = side.index;
  const live = new Set<Node>();
  const liveBlocks = new Map<Node, Part>();
  const open = side.model.graph.outputs.map((output) => output.name);
  const seen = new Set<string>();
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === '' || seen.has(value) || side.facts.constants.has(value)) continue;
    seen.add(value);
    const node = producer.get(value);
    if (node === undefined) continue;
    const block = blockAt.get(value);
    if (block !== undefined) {
      liveBlocks.set(node, block);
      open.push(block.region.source);
    } else if (!live.has(node)) {
      live.add(node);
      open.push(...valuesRead(node));
    }
  }
  return side.index.order.flatMap((node): readonly Item[] => {
    const block = liveBlocks.get(node);
    if (block !== undefined) return [{ kind: 'block', block }];
    return live.has(node) ? [{ kind: 'node', node }] : [];
  });
}
