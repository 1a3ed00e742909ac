import { intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import type { BlockPart } from '../block/blockRuns';
import { nodesBetween } from './nodesBetween';

/**
 * How many equal groups of neighbouring channels all parts keep apart, from their source to their result: what comes out of a
 * group was computed from that group alone. A depthwise convolution has as many as channels, a dense one has 1. Only operators
 * that can't do otherwise are let through; what moves channels, or is not known, leaves one group.
 */
export function commonGroups(parts: readonly BlockPart[], channels: number): number {
  let groups = channels;
  for (const part of parts) {
    if ((part.given?.size ?? 0) > 0) return 1;
    const rank = part.side.facts.types.get(part.source)?.dims?.length ?? 0;
    for (const node of nodesBetween(part)) groups = common(groups, groupsOf(node, part, rank));
  }
  return groups;
}

/** Channel by channel, or group by group; axis 1 stays the channels. */
function groupsOf(node: Node, part: BlockPart, rank: number): number {
  if (node.domain !== '') return 1;
  if (node.opType === 'Conv') return intAttribute(node, 'group', 1);
  if (PER_CHANNEL.has(node.opType)) return 0;
  // a constant of more axes would make the channels another axis
  const isPlain = node.inputs.every(
    (input) => (part.side.facts.constants.get(input)?.dims.length ?? 0) <= rank,
  );
  return ELEMENTWISE.has(node.opType) && isPlain ? 0 : 1;
}

const PER_CHANNEL: ReadonlySet<string> = new Set([
  ...['BatchNormalization', 'AveragePool', 'Identity', 'Dropout', 'Cast', 'Neg'],
]);
const ELEMENTWISE: ReadonlySet<string> = new Set(['Add', 'Sub', 'Sum', 'Mean', 'Mul', 'Div']);

/** The greatest common divisor; 0 divides by everything. */
function common(a: number, b: number): number {
  return b === 0 ? a : common(b, a % b);
}
