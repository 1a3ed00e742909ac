import { identity, type Operator } from '../algebra/operator';
import { treeSize } from '../algebra/kernel/kernelExpr';
import type { Node } from '../ir/model';
import { imageShape, isConstant, variableInputs, type Analysis } from './analysis';
import type { Region } from './block';
import { isObstacle, obstacle, type Obstacle } from './obstacle';
import { transfer, type TransferContext } from './transfer/transfer';

/** No block of any paper comes near this; it bounds the work on a hostile or very deep graph. */
const MAX_REGION_NODES = 4096;

/** All nodes between `source` and `sink`; null when the walk leaves the source behind or grows too large. */
export function collectRegion(analysis: Analysis, source: string, sink: string): Region | null {
  const nodes = new Set<Node>();
  const stack = [sink];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === source || isConstant(analysis, value)) continue;
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

function tooTangled(node: Node): Obstacle {
  return obstacle(
    'unsupported-op',
    `Too many paths lead through "${node.name}" (${node.opType}) to merge them.`,
    node,
  );
}

export interface Interpretation {
  /** The operator of each value of the region, as far as there is one. */
  readonly operators: ReadonlyMap<string, Operator>;
  /** The first obstacle in topological order. */
  readonly obstacle: Obstacle | null;
}

/**
 * The abstract interpretation: the operator of every tensor of a region with respect to its source, in topological order.
 * Stops at the first obstacle.
 */
export function interpret(analysis: Analysis, region: Region, whatIf: WhatIf = REALITY): Interpretation {
  const shape = imageShape(analysis, region.source);
  if (shape === null) {
    const [first] = region.nodes;
    const found = obstacle(
      'unknown-shape',
      `The number of channels of "${region.source}" is not known; export the model with static channel sizes.`,
      ...(first === undefined ? [] : [first]),
    );
    return { operators: new Map(), obstacle: found };
  }
  const operators = new Map<string, Operator>([
    [region.source, identity(shape.channels, shape.sizes.length)],
  ]);
  const context: TransferContext = {
    analysis,
    sourceSizes: shape.sizes,
    ignoresBorder: (node) => whatIf.lenient.has(node),
    operatorOf: (value) => operators.get(value) ?? null,
  };
  for (const node of region.nodes) {
    const result = whatIf.skip.has(node) ? passOn(node, context) : transfer(node, context);
    if (isObstacle(result)) return { operators, obstacle: result };
    if (treeSize(result) > MAX_TREE) return { operators, obstacle: tooTangled(node) };
    const [output] = node.outputs;
    if (output !== undefined) operators.set(output, result);
  }
  return { operators, obstacle: null };
}

function passOn(node: Node, context: TransferContext): Operator | Obstacle {
  for (const input of node.inputs) {
    const operator = context.operatorOf(input);
    if (operator !== null) return operator;
  }
  return obstacle('unsupported-op', `"${node.name}" (${node.opType}) has no variable input.`, node);
}
