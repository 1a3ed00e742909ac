import type { Node } from '../../ir/model';
import type { Analysis } from '../analysis';
import type { FusableBlock, RefusedBlock } from '../block';
import type { Candidate } from '../candidates';
import { dynamicBlocks } from './dynamicBlocks';
import { atHeldBatch } from './heldByGroups';

/** Dynamic convolutions beside the linear blocks of a model: none overlaps another. */
export interface WithDynamic {
  readonly dynamic: readonly (FusableBlock | RefusedBlock)[];
  readonly chosen: readonly Candidate[];
  /** Nodes of the dynamic convolutions; no near miss need be looked for there. */
  readonly taken: ReadonlySet<Node>;
}

/** A dynamic convolution that something can be made of goes before the linear blocks inside it, and these before one that is refused. */
export function withDynamic(analysis: Analysis, linear: readonly Candidate[]): WithDynamic {
  const found = dynamicBlocks(atHeldBatch(analysis));
  const claimed = nodesOf(found.filter(({ status }) => status === 'fusable'));
  const chosen = linear.filter(({ region }) => !region.nodes.some((node) => claimed.has(node)));
  const merged = new Set(chosen.flatMap(({ region }) => region.nodes));
  const dynamic = found.filter(
    (block) => block.status === 'fusable' || !(block.dynamic?.core ?? []).some((node) => merged.has(node)),
  );
  return { dynamic, chosen, taken: nodesOf(dynamic) };
}

function nodesOf(blocks: readonly (FusableBlock | RefusedBlock)[]): ReadonlySet<Node> {
  return new Set(blocks.flatMap(({ dynamic }) => dynamic?.core ?? []));
}
