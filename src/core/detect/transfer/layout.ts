import { selectRows } from '../../algebra/operator';
import { intsAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { typeOf } from '../analysis';
import { plainImage, type Image } from '../image';
import { isObstacle, obstacle, type Obstacle } from '../obstacle';
import { settle } from './frames';
import { onlyImage, workOf } from './operands';
import type { TransferContext } from './transfer';

/** Transpose: another order of axes, or the middle of a channel shuffle. */
export function transposeNode(node: Node, context: TransferContext): readonly Image[] | Obstacle {
  const image = onlyImage(node, context);
  if (isObstacle(image)) return image;
  const rank = image.operator.geometry.axes.length + 2 + (image.split === null ? 0 : 1);
  const permutation =
    intsAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (permutation.length !== rank)
    return obstacle('unknown-shape', `"${node.name}" (Transpose) does not fit its input.`, node);
  if (image.split !== null) return swapSplit(node, image, permutation);
  const order = permutation.map((axis) => image.order?.[axis] ?? axis);
  return [{ ...image, order: order.every((axis, place) => axis === place) ? null : order }];
}

/** [N, a, b, …] → [N, b, a, …]. */
function swapSplit(node: Node, image: Image, permutation: readonly number[]): readonly Image[] | Obstacle {
  const isSwap = permutation.every((axis, place) => axis === (place === 1 ? 2 : place === 2 ? 1 : place));
  if (!isSwap || image.split === null || image.order !== null) {
    return obstacle(
      'unsupported-op',
      `"${node.name}" (Transpose) moves split channels in a way that is no channel shuffle.`,
      node,
    );
  }
  return [{ ...image, split: { ...image.split, swapped: !image.split.swapped } }];
}

/** Reshape that splits the channel axis, or that puts split channels together again: a channel shuffle. */
export function reshapeNode(node: Node, context: TransferContext): readonly Image[] | Obstacle {
  const operand = onlyImage(node, context);
  if (isObstacle(operand)) return operand;
  const before = typeOf(context.analysis, node.inputs[0] ?? '')?.dims;
  const after = typeOf(context.analysis, node.outputs[0] ?? '')?.dims;
  const other = obstacle(
    'unsupported-op',
    `"${node.name}" (Reshape) mixes channels with other axes inside the block.`,
    node,
  );
  if (!before || !after || operand.order !== null) return other;
  if (before.join() === after.join() && before.every((dim) => dim !== null)) return [operand];
  if (operand.split !== null) return merged(node, operand, before, after) ?? other;
  const image = settle(operand, node, context);
  if (isObstacle(image)) return image;
  const [outer, inner] = [after[1], after[2]];
  const channels = image.operator.geometry.outChannels;
  const splits =
    after.length === before.length + 1 &&
    typeof outer === 'number' &&
    typeof inner === 'number' &&
    outer * inner === channels &&
    sameOthers(before, after, 1, 2);
  return splits ? [{ ...image, split: { outer, inner, swapped: false } }] : other;
}

type Dims = readonly (number | string | null)[];

/** The axes other than the channels must be the same, and known to be. */
function sameOthers(merged: Dims, split: Dims, mergedCount: number, splitCount: number): boolean {
  const a = [merged[0], ...merged.slice(1 + mergedCount)];
  const b = [split[0], ...split.slice(1 + splitCount)];
  return a.length === b.length && a.every((dim, axis) => dim !== null && dim === b[axis]);
}

/** [N, b, a, …] → [N, a·b, …]: output channel j·a + i is channel i·b + j of before. */
function merged(node: Node, image: Image, before: Dims, after: Dims): readonly Image[] | null {
  const { split } = image;
  if (split === null || after.length !== before.length - 1 || !sameOthers(after, before, 1, 2)) return null;
  const { outer, inner, swapped } = split;
  const rows = Array.from({ length: outer * inner }, (_, row) =>
    swapped ? (row % outer) * inner + Math.floor(row / outer) : row,
  );
  return [plainImage(workOf(node, selectRows(image.operator, rows)))];
}
