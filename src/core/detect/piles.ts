import { intAttribute, intsAttribute } from '../ir/attributes';
import type { Dim, Node } from '../ir/model';
import { typeOf, variableInputs, type Analysis } from './analysis';
import { intsConstant } from './transfer/pads';

/**
 * Branches that are stacked on an axis of their own and added up over it: `torch.stack([a, b]).sum(0)` is a + b. Exporters
 * write the stack as Unsqueezes and a Concat, or as a Concat and a Reshape.
 */
export interface Pile {
  /** What is stacked. */
  readonly parts: readonly string[];
  /** The nodes between the parts and the sum, which stand for nothing by themselves. */
  readonly nodes: readonly Node[];
}

const SUMS = new Set(['ReduceSum', 'ReduceMean']);

/** The pile that a node adds up, or takes the mean of; null for any other node. */
export function pileOf(analysis: Analysis, node: Node): Pile | null {
  if (node.domain !== '' || !SUMS.has(node.opType) || intAttribute(node, 'keepdims', 1) !== 0) return null;
  const made = producerOf(analysis, node);
  if (made === null || (made.opType !== 'Concat' && made.opType !== 'Reshape')) return null;
  const rank = typeOf(analysis, node.inputs[0] ?? '')?.dims?.length ?? 0;
  const [axis, ...others] = axesOf(analysis, node, rank) ?? [];
  if (axis === undefined || others.length > 0) return null;
  return made.opType === 'Concat' ? lifted(analysis, made, axis, rank) : viewed(analysis, made, axis);
}

/** A node's inputs that depend on the model's input; of one that adds up a pile the parts of that. */
export function operandsOf(analysis: Analysis, node: Node): readonly string[] {
  return pileOf(analysis, node)?.parts ?? variableInputs(analysis, node);
}

/** Whether a node only stacks what the only reader of the stack adds up. */
export function isStacking(analysis: Analysis, node: Node): boolean {
  if (node.domain !== '' || !STACKING.has(node.opType)) return false;
  // Unsqueeze, Concat and the sum; Concat, Reshape and the sum
  for (let at = node, steps = 0; steps < 2; steps++) {
    const readers = analysis.index.consumers.get(at.outputs[0] ?? '') ?? [];
    const [reader] = readers;
    if (reader === undefined || readers.length > 1) return false;
    const pile = pileOf(analysis, reader);
    if (pile !== null) return pile.nodes.includes(node);
    at = reader;
  }
  return false;
}

const STACKING = new Set(['Unsqueeze', 'Concat', 'Reshape']);

/** Concat of tensors that got the axis by an Unsqueeze each. */
function lifted(analysis: Analysis, concat: Node, axis: number, rank: number): Pile | null {
  if (normal(intAttribute(concat, 'axis', 0), rank) !== axis) return null;
  const lifts = concat.inputs.map((input) => analysis.index.producer.get(input));
  const isLift = (node: Node | undefined): node is Node =>
    node?.opType === 'Unsqueeze' &&
    node.domain === '' &&
    axesOf(analysis, node, rank)?.join() === String(axis) &&
    variableInputs(analysis, node).length === 1;
  const found = lifts.filter(isLift);
  if (found.length !== lifts.length) return null;
  return { parts: found.map(({ inputs }) => inputs[0] ?? ''), nodes: [...found, concat] };
}

/** Concat along an axis that the Reshape then splits into the parts and what they have of it. */
function viewed(analysis: Analysis, reshape: Node, axis: number): Pile | null {
  const concat = producerOf(analysis, reshape);
  const dims = typeOf(analysis, reshape.outputs[0] ?? '')?.dims;
  if (concat?.opType !== 'Concat' || !dims || dims[axis] !== concat.inputs.length) return null;
  if (normal(intAttribute(concat, 'axis', 0), dims.length - 1) !== axis) return null;
  const each = dims.filter((_, place) => place !== axis);
  const parts = variableInputs(analysis, concat);
  const fits = parts.every((part) => sameDims(typeOf(analysis, part)?.dims, each));
  return fits && parts.length === concat.inputs.length ? { parts, nodes: [concat, reshape] } : null;
}

function sameDims(dims: readonly Dim[] | null | undefined, others: readonly Dim[]): boolean {
  return dims?.length === others.length && dims.every((dim, place) => dim !== null && dim === others[place]);
}

function producerOf(analysis: Analysis, node: Node): Node | null {
  const made = analysis.index.producer.get(node.inputs[0] ?? '');
  return made?.domain === '' ? made : null;
}

const normal = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Constant axes, as an attribute or an input; null where they are neither. */
function axesOf(analysis: Analysis, node: Node, rank: number): readonly number[] | null {
  const axes =
    intsAttribute(node, 'axes') ?? (node.inputs[1] ? intsConstant(node.inputs[1], analysis) : null);
  return axes?.map((axis) => normal(axis, rank)) ?? null;
}
