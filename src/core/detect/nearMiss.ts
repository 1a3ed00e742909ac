import type { Node } from '../ir/model';
import { variableInputs, type Analysis } from './analysis';
import type { Region } from './block';
import { hasSpatialKernel, isConv, isJoin } from './candidates';
import { mergedWork, regionWork } from './cost';
import { isObstacle, obstacle, type Obstacle } from './obstacle';
import { isStacking, operandsOf, pileOf } from './piles';
import { interpret } from './region';
import { canRemove } from './removable';
import type { RefusalCode } from '../algebra/refusal';
import { hasTransfer } from './transfer/transfer';
import { unknownOperator } from './transfer/unknown';

/** A region that would be one convolution but for one nameable thing. */
export interface NearMiss {
  readonly region: Region;
  readonly obstacle: Obstacle;
}

/** A near miss is local; between the ends of a U-Net's skip there is a network, not a block. */
const MAX_NODES = 96;

/**
 * Looks at a join that is part of no block: at least two branches from one source, at least one of them a linear
 * convolution, and exactly one obstacle without which the merge would pay.
 */
export function nearMissAt(analysis: Analysis, join: Node): NearMiss | null {
  const source = analysis.dominators.nearestCommonDominator(operandsOf(analysis, join));
  const [sink] = join.outputs;
  if (source === null || sink === undefined) return null;
  const skeleton = walkBack(analysis, join, source);
  if (skeleton === null || !isOneMatter([...skeleton.gates.values()])) return null;
  const region = { source, sink, nodes: skeleton.nodes };
  const found = soleObstacle(analysis, region, skeleton.gates);
  if (found === null || !hasLinearConvBranch(analysis, join, region, found)) return null;
  return { region, obstacle: onFork(found, source) };
}

/** Two convolutions in a row with no activation between that cost more as one: worth a word when one has a spatial kernel. */
export function unprofitableChainAt(analysis: Analysis, conv: Node, region: Region): NearMiss | null {
  if (canRemoveFails(analysis, region)) return null;
  const spatial = region.nodes.some((node) => isConv(node) && hasSpatialKernel(analysis, node));
  if (!spatial) return null;
  if (isObstacle(interpret(analysis, region).operatorAt(region.sink))) return null;
  const priced = unprofitable(analysis, region, [conv]);
  return priced === null ? null : { region, obstacle: priced };
}

function canRemoveFails(analysis: Analysis, region: Region): boolean {
  return isObstacle(canRemove(analysis, region));
}

/** Obstacles that come in numbers, all mended in one step: the export's mode, its quantization, its types. */
const PLURAL: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'training-mode-bn',
  'quantized',
  'unsupported-dtype',
]);

/** Whether several obstacles are one thing to a person. */
function isOneMatter(obstacles: readonly Obstacle[]): boolean {
  const [first] = obstacles;
  return (
    obstacles.length < 2 ||
    (first !== undefined && PLURAL.has(first.code) && obstacles.every(({ code }) => code === first.code))
  );
}

/** Several obstacles that are one matter, as one. */
function together([first, ...others]: readonly Obstacle[]): Obstacle | null {
  if (first === undefined || others.length === 0) return first ?? null;
  const nodes = [first, ...others].flatMap((one) => one.nodes);
  return { ...first, message: `${first.message} (${nodes.length} nodes of the block.)`, nodes };
}

interface Skeleton {
  readonly nodes: readonly Node[];
  /** Nodes that are in the way, with the reason. */
  readonly gates: ReadonlyMap<Node, Obstacle>;
}

/** The nodes between join and source, a gate's own subgraph left out; null where it is not a block's shape at all. */
function walkBack(analysis: Analysis, join: Node, source: string): Skeleton | null {
  const nodes = new Set<Node>([join]);
  const gates = new Map<Node, Obstacle>();
  const stack = [...variableInputs(analysis, join)];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === source) continue;
    const node = analysis.index.producer.get(value);
    if (node === undefined || nodes.size > MAX_NODES || !isOneMatter([...gates.values()])) return null;
    if (nodes.has(node)) continue;
    nodes.add(node);
    const gate = gateOf(analysis, node);
    if (gate !== null) gates.set(node, gate.obstacle);
    stack.push(...(gate?.follow ?? variableInputs(analysis, node)));
  }
  const { position } = analysis.index;
  return { nodes: [...nodes].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0)), gates };
}

/** What makes a node a gate, and the operand through which the branch goes on. */
function gateOf(
  analysis: Analysis,
  node: Node,
): { readonly obstacle: Obstacle; readonly follow: readonly string[] } | null {
  if (isStacking(analysis, node) || pileOf(analysis, node) !== null) return null;
  const inputs = variableInputs(analysis, node);
  const dynamic = (text: string): Obstacle =>
    obstacle('dynamic-coefficient', `"${node.name}" (${node.opType}) ${text}`, node);
  if (isConv(node)) {
    if (inputs.length === 1) return null;
    return { obstacle: dynamic('has weights that depend on the input.'), follow: inputs.slice(0, 1) };
  }
  if ((node.opType === 'Mul' || node.opType === 'Div') && inputs.length > 1)
    return productGate(analysis, node, inputs, dynamic);
  if (hasTransfer(node) || inputs.length !== 1) return null;
  return { obstacle: unknownOperator(node), follow: inputs };
}

/** v · σ(v) is an activation written out (SiLU, GELU, Mish); v · g(x) scales the branch by something that depends on the input. */
function productGate(
  analysis: Analysis,
  node: Node,
  inputs: readonly string[],
  dynamic: (text: string) => Obstacle,
): { readonly obstacle: Obstacle; readonly follow: readonly string[] } {
  const [a = '', b = ''] = inputs;
  const argument = isPointwiseOf(analysis, b, a) ? a : isPointwiseOf(analysis, a, b) ? b : null;
  if (argument !== null) {
    const activation = obstacle(
      'nonlinear-op',
      `"${node.name}" (${node.opType}) is part of an activation inside a branch, so the branches are not linear.`,
      node,
    );
    return { obstacle: activation, follow: [argument] };
  }
  const producer = analysis.index.producer.get(a);
  const main = producer !== undefined && hasTransfer(producer) ? a : b;
  return {
    obstacle: dynamic(
      'scales a branch by something that depends on the input; only a constant scale can be merged.',
    ),
    follow: [main],
  };
}

/** No activation of any framework is written out over more nodes. */
const MAX_ACTIVATION = 16;

/** Whether `value` is computed from `argument` element by element: nothing on the way mixes channels or places. */
function isPointwiseOf(analysis: Analysis, value: string, argument: string): boolean {
  // 0.5·v stands for v: an activation may use either
  const roots = new Set([argument, scaledFrom(analysis, argument)]);
  const stack = [value];
  const seen = new Set<string>();
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    if (roots.has(current) || seen.has(current)) continue;
    seen.add(current);
    const node = analysis.index.producer.get(current);
    if (node === undefined || seen.size > MAX_ACTIVATION || !POINTWISE.has(node.opType)) return false;
    stack.push(...variableInputs(analysis, node));
  }
  return true;
}

function scaledFrom(analysis: Analysis, value: string): string {
  const node = analysis.index.producer.get(value);
  const inputs = node?.opType === 'Mul' || node?.opType === 'Div' ? variableInputs(analysis, node) : [];
  return inputs.length === 1 ? (inputs[0] ?? value) : value;
}

const POINTWISE = new Set(
  'Sigmoid Tanh Erf Exp Log Sqrt Pow Abs Neg Reciprocal Relu LeakyRelu Elu Softplus Softsign HardSigmoid Clip Min Max Add Sub Mul Div Cast Identity'.split(
    ' ',
  ),
);

/** The one thing in the way; null when there are more, or when the merge would not pay without it. */
function soleObstacle(
  analysis: Analysis,
  region: Region,
  gates: ReadonlyMap<Node, Obstacle>,
): Obstacle | null {
  const skip = new Set<Node>(gates.keys());
  const lenient = new Set<Node>();
  const found: Obstacle[] = [...gates.values()];
  for (;;) {
    const interpretation = interpret(analysis, region, { skip, lenient });
    const operator = interpretation.obstacle ?? interpretation.operatorAt(region.sink);
    if (!isObstacle(operator)) {
      const removal = found.length > 0 ? { dead: [] } : canRemove(analysis, region);
      if (isObstacle(removal)) return removal;
      const pays = regionWork(analysis, region).work > mergedWork(analysis, region, operator.geometry).work;
      if (found.length > 0) return pays ? together(found) : null;
      return pays ? null : unprofitable(analysis, region, region.nodes.filter(isConv));
    }
    const [node] = operator.nodes;
    if (node === undefined || skip.has(node) || lenient.has(node)) return null;
    found.push(operator);
    if (!isOneMatter(found)) return null;
    // what the block would cost at a known size can't be told, so the size is asked for
    if (operator.code === 'unknown-shape') return operator;
    if (operator.code === 'border-mismatch' || operator.code === 'padding-mode') lenient.add(node);
    else skip.add(node);
  }
}

function unprofitable(analysis: Analysis, region: Region, nodes: readonly Node[]): Obstacle | null {
  const operator = interpret(analysis, region).operatorAt(region.sink);
  if (isObstacle(operator)) return null;
  const before = regionWork(analysis, region);
  const after = mergedWork(analysis, region, operator.geometry);
  if (before.work > after.work) return null;
  const ratio = (after.work / Math.max(1, before.work)).toPrecision(2);
  return obstacle(
    'unprofitable',
    `Merged into one convolution these ${region.nodes.length} nodes would take ${ratio} × the work (${after.cost.params} weights instead of ${before.cost.params}), so they are better left apart.`,
    ...nodes,
  );
}

/** At least one operand of the (nested) join leads to the source through a convolution and past no obstacle. */
function hasLinearConvBranch(analysis: Analysis, join: Node, region: Region, found: Obstacle): boolean {
  const inside = new Set(region.nodes);
  const stands = PLURAL.has(found.code) || found.code === 'unprofitable' || found.code === 'extra-consumer';
  const blocked = new Set(stands ? [] : found.nodes);
  const operands = [...operandsOf(analysis, join)];
  for (let value = operands.pop(); value !== undefined; value = operands.pop()) {
    let node = analysis.index.producer.get(value);
    if (node !== undefined && inside.has(node) && isJoin(analysis, node)) {
      operands.push(...operandsOf(analysis, node));
      continue;
    }
    let hasConv = false;
    while (node !== undefined && inside.has(node) && !blocked.has(node) && !isJoin(analysis, node)) {
      hasConv ||= isConv(node);
      const [input] = variableInputs(analysis, node);
      if (input === region.source && hasConv) return true;
      node = input === undefined ? undefined : analysis.index.producer.get(input);
    }
  }
  return false;
}

/** A non-linearity directly on the fork means that the branches start from different tensors. */
function onFork(found: Obstacle, source: string): Obstacle {
  const [node] = found.nodes;
  if (found.code !== 'nonlinear-op' || node?.inputs.includes(source) !== true) return found;
  return obstacle(
    'different-inputs',
    `The branches start from different tensors: "${source}", and "${node.outputs[0] ?? ''}" behind "${node.name}" (${node.opType}).`,
    node,
  );
}
