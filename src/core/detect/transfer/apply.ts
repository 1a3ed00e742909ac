import { standardOpset } from '../../eval/modelRun';
import type { Node } from '../../ir/model';
import { plainImage, sameOrder, type Image } from '../image';
import { isObstacle, obstacle, type Obstacle } from '../obstacle';
import { operandsOf, pileOf } from '../piles';
import { pileNode } from './arithmetic';
import { settle } from './frames';
import { legacyObstacle } from './legacy';
import { IMAGE_RULES, PLAIN_RULES, POINTWISE_RULES, type Transfer, type TransferContext } from './transfer';
import { unknownOperator } from './unknown';

/** What applying a rule needs besides the operands' images. */
export type ApplyContext = Omit<TransferContext, 'operatorOf' | 'order'>;

/** The images of a node's outputs, or what stands in the way. */
export function applyTransfer(node: Node, context: ApplyContext): readonly Image[] | Obstacle {
  if (node.domain !== '') return unknownOperator(node);
  const legacy = legacyObstacle(node, standardOpset(context.analysis.model));
  if (legacy !== null) return legacy;
  const imageRule = IMAGE_RULES.get(node.opType);
  if (imageRule !== undefined)
    return imageRule(node, { ...context, order: null, operatorOf: operators(context.imageOf) });
  const pile = pileOf(context.analysis, node);
  const rule: Transfer | undefined =
    pile === null
      ? (PLAIN_RULES.get(node.opType) ?? POINTWISE_RULES.get(node.opType))
      : (own, within) => pileNode(own, pile, within);
  if (rule === undefined) return unknownOperator(node);
  const settled = new Map<string, Image>();
  for (const input of operandsOf(context.analysis, node)) {
    const image = context.imageOf(input);
    const flat = image === null ? unsettled(node) : settle(image, node, context);
    if (isObstacle(flat)) return flat;
    settled.set(input, flat);
  }
  const order = sharedOrder(node, [...settled.values()]);
  if (isObstacle(order)) return order;
  if (order.value !== null && PLAIN_RULES.has(node.opType)) return permuted(node);
  const imageOf = (value: string): Image | null => settled.get(value) ?? null;
  const result = rule(node, { ...context, imageOf, operatorOf: operators(imageOf), order: order.value });
  return isObstacle(result) ? result : [plainImage(result, order.value)];
}

function operators(imageOf: (value: string) => Image | null): TransferContext['operatorOf'] {
  return (value) => imageOf(value)?.operator ?? null;
}

function sharedOrder(node: Node, images: readonly Image[]): { readonly value: Image['order'] } | Obstacle {
  const [first] = images;
  if (first === undefined) return unsettled(node);
  return images.every((image) => sameOrder(image.order, first.order))
    ? { value: first.order }
    : permuted(node);
}

function permuted(node: Node): Obstacle {
  return obstacle(
    'unsupported-op',
    `"${node.name}" (${node.opType}) works on a tensor whose axes were permuted inside the block.`,
    node,
  );
}

function unsettled(node: Node): Obstacle {
  return obstacle(
    'unsupported-op',
    `"${node.name}" (${node.opType}) reads nothing that comes from the block's input.`,
    node,
  );
}
