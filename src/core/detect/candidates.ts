import type { Operator } from '../algebra/operator';
import { liveValues } from '../ir/liveness';
import type { Node } from '../ir/model';
import { isConstant, variableInputs, type Analysis } from './analysis';
import type { Region } from './block';
import { mergedWork, regionWork, type Work } from './cost';
import { elementCount } from '../tensor/tensor';
import { paddedForks } from './entrances';
import { isObstacle } from './obstacle';
import { isStacking, operandsOf, pileOf } from './piles';
import { collectRegion, interpret } from './region';
import { canRemove } from './removable';
import { hasTransfer } from './transfer/transfer';

/** A region that equals one convolution, and what merging it saves. */
export interface Candidate {
  readonly region: Region;
  readonly operator: Operator;
  readonly form: MergedForm;
  readonly dead: readonly Node[];
  readonly before: Work;
  readonly after: Work;
  readonly saving: number;
}

const JOINS = new Set(['Add', 'Sub', 'Sum', 'Mean', 'Concat']);

/** A node where several tensors that depend on the input come together linearly. */
export function isJoin(analysis: Analysis, node: Node): boolean {
  if (pileOf(analysis, node) !== null) return true;
  if (node.domain !== '' || !JOINS.has(node.opType) || isStacking(analysis, node)) return false;
  return variableInputs(analysis, node).length > 1;
}

/** How far a region may grow past its join, and above its fork. */
const MAX_FOLLOWERS = 8;
const MAX_CONVS_ABOVE = 3;

/** Every region worth merging, whether or not they overlap. */
export function candidates(analysis: Analysis): readonly Candidate[] {
  const found: Candidate[] = [];
  const live = liveValues(analysis.model.graph);
  for (const node of analysis.index.order) {
    const [output] = node.outputs;
    if (output === undefined || !live.has(output)) continue;
    for (const source of sources(analysis, node)) found.push(...grow(analysis, source, output));
  }
  return found;
}

/** The tensors from which the region that ends in `node` may start: the fork, and above it the inputs of convolutions in a chain. */
function sources(analysis: Analysis, node: Node): readonly string[] {
  if (isJoin(analysis, node)) {
    const fork = analysis.dominators.nearestCommonDominator(operandsOf(analysis, node));
    return fork === null ? [] : [fork, ...paddedForks(analysis, fork), ...convsAbove(analysis, fork)];
  }
  if (isTransposedConv(analysis, node)) return node.inputs.slice(0, 1);
  if (!isLinearMap(analysis, node)) return [];
  const [input = ''] = node.inputs;
  const own = isComputed(analysis, node.inputs[1] ?? '') ? [input] : [];
  return [...own, ...normAbove(analysis, node), ...convsAbove(analysis, input)];
}

/** The input of a BN directly before a matrix product. */
function normAbove(analysis: Analysis, product: Node): readonly string[] {
  const before = analysis.index.producer.get(product.inputs[0] ?? '');
  return isConv(product) || before?.opType !== 'BatchNormalization' ? [] : before.inputs.slice(0, 1);
}

/** Inputs of the convolutions that lead to `value` in a chain of linear operators with no other reader. */
function convsAbove(analysis: Analysis, value: string): readonly string[] {
  const inputs: string[] = [];
  for (let current = value; inputs.length < MAX_CONVS_ABOVE;) {
    const node = analysis.index.producer.get(current);
    if (node === undefined || !hasTransfer(node) || isShared(analysis, current, value)) break;
    const variable = variableInputs(analysis, node);
    const [input] = variable;
    if (input === undefined || variable.length > 1) break;
    if (isLinearMap(analysis, node)) inputs.push(input);
    current = input;
  }
  return inputs;
}

/** The fork itself may have many readers (the branches); a tensor above it only one. */
function isShared(analysis: Analysis, value: string, fork: string): boolean {
  if (analysis.index.outputs.has(value)) return true;
  return value !== fork && (analysis.index.consumers.get(value)?.length ?? 0) > 1;
}

export function isConv(node: Node): boolean {
  return node.domain === '' && node.opType === 'Conv';
}

/** A convolution or matrix product with constant weights. */
export function isLinearMap(analysis: Analysis, node: Node): boolean {
  const isProduct = node.domain === '' && (node.opType === 'MatMul' || node.opType === 'Gemm');
  return (isConv(node) || isProduct) && isConstant(analysis, node.inputs[1] ?? '');
}

function isTransposedConv(analysis: Analysis, node: Node): boolean {
  return node.domain === '' && node.opType === 'ConvTranspose' && isConstant(analysis, node.inputs[1] ?? '');
}

/** What takes a region's place: a Conv or ConvTranspose, or without spatial axes a Gemm, or along the last axis a MatMul. */
export type MergedForm = 'conv' | 'convtranspose' | 'gemm' | 'matmul';

export function mergedForm({ geometry }: Operator, order: readonly number[] | null): MergedForm | null {
  if (geometry.transposed !== undefined) return order === null ? 'convtranspose' : null;
  if (geometry.axes.length === 0) return 'gemm';
  if (order === null) return 'conv';
  const pointwise = geometry.axes.every(
    (axis) => axis.count === 1 && axis.first === 0 && axis.stride === 1 && axis.slack === 0,
  );
  return pointwise && order.indexOf(1) === order.length - 1 ? 'matmul' : null;
}

/** The region up to `join` and each larger one that takes in linear operators behind it. */
function grow(analysis: Analysis, source: string, join: string): readonly Candidate[] {
  const sinks = [join, ...followers(analysis, join)];
  const widest = collectRegion(analysis, source, sinks[sinks.length - 1] as string);
  if (widest === null) return [];
  const interpretation = interpret(analysis, widest);
  const found: Candidate[] = [];
  for (const sink of sinks) {
    const operator = interpretation.operatorAt(sink);
    if (isObstacle(operator)) continue;
    const region = collectRegion(analysis, source, sink);
    const candidate =
      region === null || !isWorthLooking(region, analysis)
        ? null
        : weigh(analysis, region, operator, interpretation.order);
    if (candidate !== null) found.push(candidate);
  }
  return found;
}

/** Values behind `value` that a chain of linear one-input operators makes from it. */
export function followers(analysis: Analysis, value: string): readonly string[] {
  const values: string[] = [];
  for (let current = value; values.length < MAX_FOLLOWERS;) {
    const readers = analysis.index.consumers.get(current) ?? [];
    const [reader] = readers;
    if (reader === undefined || readers.length > 1 || analysis.index.outputs.has(current)) break;
    const [output] = reader.outputs;
    if (output === undefined || !hasTransfer(reader) || variableInputs(analysis, reader).length !== 1) break;
    values.push(output);
    current = output;
  }
  return values;
}

/**
 * What a person would call a block: convolutions that are joined, or two in a row of which one has a spatial kernel (a pair
 * of 1×1 is a bottleneck that somebody meant). Conv + BN alone is every exporter's business; what no exporter folds
 * is ours: a BN behind a ConvTranspose or before a matrix product, and weights that are computed at every run.
 */
function isWorthLooking(region: Region, analysis: Analysis): boolean {
  const has = (test: (node: Node) => boolean): boolean => region.nodes.some(test);
  const normalized = has((node) => node.opType === 'BatchNormalization');
  if (has((node) => isTransposedConv(analysis, node))) return normalized;
  const maps = region.nodes.filter((node) => isLinearMap(analysis, node));
  if (maps.length === 0) return false;
  if (has((node) => isJoin(analysis, node))) return true;
  if (maps.length > 1) return maps.some((node) => hasSpatialKernel(analysis, node));
  return (normalized && !has(isConv)) || maps.some((node) => isComputed(analysis, node.inputs[1] ?? ''));
}

export function hasSpatialKernel(analysis: Analysis, node: Node): boolean {
  const weight = analysis.facts.constants.get(node.inputs[1] ?? '');
  return isConv(node) && weight?.dims.slice(2).some((taps) => taps > 1) === true;
}

const ARITHMETIC = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Einsum',
  'MatMul',
  'Gemm',
  'Conv',
  'Sum',
  'ReduceSum',
]);

/** Whether a constant is the result of arithmetic that runs with the model (OREPA, weight + identity), not just stored or relabelled. */
function isComputed(analysis: Analysis, constant: string): boolean {
  const stack = [constant];
  const seen = new Set<string>();
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = analysis.index.producer.get(value);
    if (node === undefined || seen.has(value) || seen.size > MAX_ARITHMETIC) continue;
    seen.add(value);
    if (ARITHMETIC.has(node.opType)) return true;
    stack.push(...node.inputs);
  }
  return false;
}

const MAX_ARITHMETIC = 256;

function weigh(
  analysis: Analysis,
  region: Region,
  operator: Operator,
  order: readonly number[] | null,
): Candidate | null {
  const form = mergedForm(operator, order);
  if (form === null) return null;
  const removal = canRemove(analysis, region);
  if (isObstacle(removal)) return null;
  const before = regionWork(analysis, region);
  const after = mergedWork(analysis, region, operator.geometry);
  // nodes that compute constants at every run cost what they make, which the region's own work leaves out
  const arithmetic = removal.dead.reduce((total, node) => total + constantWork(analysis, node), 0);
  const saving = before.work + arithmetic - after.work;
  return saving > 0 ? { region, operator, form, dead: removal.dead, before, after, saving } : null;
}

/** The candidates to merge: by saving, largest first, none overlapping another. */
export function choose(found: readonly Candidate[]): readonly Candidate[] {
  const taken = new Set<Node>();
  const chosen: Candidate[] = [];
  for (const candidate of [...found].sort((a, b) => b.saving - a.saving)) {
    if (candidate.region.nodes.some((node) => taken.has(node))) continue;
    for (const node of candidate.region.nodes) taken.add(node);
    chosen.push(candidate);
  }
  return chosen;
}

/** Elements that a node outside the image's way makes at each run; a stored constant makes none. */
function constantWork(analysis: Analysis, { opType, outputs }: Node): number {
  if (opType === 'Constant') return 0;
  return 1 + elementCount(analysis.facts.constants.get(outputs[0] ?? '')?.dims ?? [0]);
}
