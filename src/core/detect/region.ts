import { treeSize } from '../algebra/kernel/kernelExpr';
import type { Operator } from '../algebra/operator';
import type { Node } from '../ir/model';
import { imageShape, isConstant, typeOf, variableInputs, type Analysis } from './analysis';
import type { Region } from './block';
import { entrances } from './entrances';
import { plainImage, sameOrder, type Image } from './image';
import { isObstacle, obstacle, type Obstacle } from './obstacle';
import { isStacking, operandsOf } from './piles';
import { applyTransfer, type ApplyContext } from './transfer/apply';
import { settle } from './transfer/frames';

/** No block of any paper comes near this; it bounds the work on a hostile or very deep graph. */
const MAX_REGION_NODES = 4096;

/** All nodes between `source` and `sink`; null when the walk leaves the source behind or grows too large. */
export function collectRegion(analysis: Analysis, source: string, sink: string): Region | null {
  const doors = entrances(analysis, source, null);
  const nodes = new Set<Node>();
  const stack = [sink];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === source || doors.has(value) || isConstant(analysis, value)) continue;
    const node = analysis.index.producer.get(value);
    if (node === undefined || nodes.size > MAX_REGION_NODES) return null;
    if (nodes.has(node)) continue;
    nodes.add(node);
    stack.push(...variableInputs(analysis, node));
  }
  const { position } = analysis.index;
  const ordered = [...nodes].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  return { source, sink, nodes: ordered };
}

/** Suppositions of a near miss: what the operator would be without an obstacle. */
export interface WhatIf {
  /** Nodes to treat as if they passed their input on. */
  readonly skip: ReadonlySet<Node>;
  /** Nodes whose border is taken to fit. */
  readonly lenient: ReadonlySet<Node>;
}

const REALITY: WhatIf = { skip: new Set(), lenient: new Set() };

/** Real blocks have some dozens of paths; nested joins that share operands could have exponentially many. */
const MAX_TREE = 2000;

export interface Interpretation {
  /** The operator of a value in the source's own layout, or why there is none. */
  readonly operatorAt: (value: string) => Operator | Obstacle;
  /** Layout of the source, and so of the values that have an operator. */
  readonly order: readonly number[] | null;
  /** The first obstacle in topological order. */
  readonly obstacle: Obstacle | null;
}

/**
 * The abstract interpretation: the image of every tensor of a region with respect to its source, in topological order, up
 * to the first obstacle. A source that is multiplied by matrices is first read as [N, C, …], then as […, C].
 */
export function interpret(analysis: Analysis, region: Region, whatIf: WhatIf = REALITY): Interpretation {
  const first = interpretIn(analysis, region, whatIf, null);
  const rank = typeOf(analysis, region.source)?.dims?.length ?? 0;
  if (first.obstacle === null || rank < 3 || !region.nodes.some((node) => node.opType === 'MatMul'))
    return first;
  const channelsLast = [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
  return interpretIn(analysis, region, whatIf, channelsLast);
}

function interpretIn(
  analysis: Analysis,
  region: Region,
  whatIf: WhatIf,
  order: readonly number[] | null,
): Interpretation {
  const shape = imageShape(analysis, region.source, order);
  if (shape === null) return blind(region);
  const images = new Map<string, Image>();
  for (const [value, operator] of entrances(analysis, region.source, order))
    images.set(value, plainImage(operator, order));
  const context: ApplyContext = {
    analysis,
    sourceSizes: shape.sizes,
    ignoresBorder: (node) => whatIf.lenient.has(node),
    imageOf: (value) => images.get(value) ?? null,
  };
  let found: Obstacle | null = null;
  for (const node of region.nodes) {
    // what is stacked is read where it is added up
    if (isStacking(analysis, node)) continue;
    const result = whatIf.skip.has(node) ? passOn(node, context) : applyTransfer(node, context);
    if (isObstacle(result)) found = result;
    else if (result.some((image) => treeSize(image.operator) > MAX_TREE)) found = tooTangled(node);
    if (found !== null || isObstacle(result)) break;
    result.forEach((image, place) => images.set(node.outputs[place] ?? '', image));
  }
  return { order, obstacle: found, operatorAt: (value) => operatorAt(value, images, order, region, context) };
}

function operatorAt(
  value: string,
  images: ReadonlyMap<string, Image>,
  order: readonly number[] | null,
  region: Region,
  context: ApplyContext,
): Operator | Obstacle {
  const image = images.get(value);
  const node = context.analysis.index.producer.get(value) ?? region.nodes[0];
  if (image === undefined || node === undefined) {
    return obstacle('unsupported-op', `Nothing is known of "${value}" with respect to "${region.source}".`);
  }
  const settled = settle(image, node, context);
  if (isObstacle(settled)) return settled;
  if (sameOrder(settled.order, order)) return settled.operator;
  return obstacle(
    'unsupported-op',
    `The block ends with its axes permuted at "${node.name}" (${node.opType}).`,
    node,
  );
}

function passOn(node: Node, context: ApplyContext): readonly Image[] | Obstacle {
  for (const input of operandsOf(context.analysis, node)) {
    const image = context.imageOf(input);
    if (image !== null) return [image];
  }
  return obstacle('unsupported-op', `"${node.name}" (${node.opType}) has no variable input.`, node);
}

function blind(region: Region): Interpretation {
  const found = obstacle(
    'unknown-shape',
    `The number of channels of "${region.source}" is not known; export the model with static channel sizes.`,
    ...region.nodes.slice(0, 1),
  );
  return { order: null, obstacle: found, operatorAt: () => found };
}

function tooTangled(node: Node): Obstacle {
  return obstacle(
    'unsupported-op',
    `Too many paths lead through "${node.name}" (${node.opType}) to merge them.`,
    node,
  );
}
