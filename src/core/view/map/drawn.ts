import type { Block } from '../../detect/block';
import type { Detection } from '../../detect/detect';
import { valuesRead } from '../../ir/graphIndex';
import type { Node } from '../../ir/model';
import { nodePath, type Member } from './modules';

/** Nodes that depend on some input and on which something depends that does, too: no weights' and no shapes' arithmetic. */
export function drawnNodes({ analysis }: Detection): readonly Node[] {
  const { constants } = analysis.facts;
  const { order, outputs, consumers } = analysis.index;
  const wanted = new Set<string>(outputs);
  const drawn = [...order].reverse().filter((node) => {
    const isEnd = node.outputs.every((value) => !consumers.has(value));
    const varies = node.outputs.some((value) => value !== '' && !constants.has(value));
    if (!varies || !(isEnd || node.outputs.some((value) => wanted.has(value)))) return false;
    for (const value of valuesRead(node)) wanted.add(value);
    return true;
  });
  return drawn.reverse();
}

/** Blocks, and the nodes that are in none, in the order of the data. */
export function members({ analysis, blocks }: Detection, drawn: readonly Node[]): readonly Member[] {
  const isWeight = (value: string): boolean => analysis.model.graph.initializers.has(value);
  const blockOf = new Map(
    blocks.flatMap((block) => block.region.nodes.map((node) => [node, block] as const)),
  );
  const seen = new Set<Block>();
  return drawn.flatMap((node): readonly Member[] => {
    const block = blockOf.get(node) ?? null;
    if (block === null) return [{ block, node, path: nodePath(node, isWeight) }];
    if (seen.has(block)) return [];
    seen.add(block);
    return [{ block, node, path: block.modulePath === '' ? [] : block.modulePath.split('.') }];
  });
}
