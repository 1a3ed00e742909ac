import { channelsPerGroup, type Geometry } from '../../algebra/geometry/geometry';
import type { Operator } from '../../algebra/operator';
import type { Node } from '../../ir/model';
import { isConstant, type Analysis } from '../analysis';
import type { Branch } from '../block';
import { describeBranch } from '../branchLabel';
import { paths } from '../branchTree';
import { attentionNodes } from './attention';
import type { DynamicCandidate } from './candidate';
import type { Head } from './head';
import type { Reading } from './reading';
import { staticOperator } from './staticOperator';

/** What a person should know of a dynamic convolution; data for a screen and for JSON. */
export interface DynamicDescription {
  /** Whether kernels are mixed, or the results of K convolutions. */
  readonly space: 'kernel' | 'feature';
  readonly attention: {
    readonly value: string;
    readonly activation: Head['activation'];
    readonly count: number;
    readonly temperature: number;
    readonly sumsToOne: boolean;
  };
  /** Number of kernels and shape of each. */
  readonly bank: { readonly kernels: number; readonly dims: readonly number[] };
  /** The only batch that the file is right for; null where it works for any. */
  readonly batch: number | null;
  /** Sentences: what to know and what to do. */
  readonly notes: readonly string[];
}

export function describe(found: DynamicCandidate): DynamicDescription {
  const { space, head, baked, mixed } = found;
  const geometry = bankGeometry(found);
  const { value, activation, count, temperature, sumsToOne } = head;
  return {
    space,
    attention: { value, activation, count, temperature, sumsToOne },
    bank: {
      kernels: mixed.terms.size,
      dims: [geometry.outChannels, channelsPerGroup(geometry), ...geometry.axes.map((axis) => axis.count)],
    },
    batch: baked?.batch ?? null,
    notes: notes(found),
  };
}

function bankGeometry({ mixed }: DynamicCandidate): Geometry {
  const [first] = mixed.terms.values();
  if (first === undefined) throw new RangeError('a dynamic convolution without kernels');
  return first.geometry;
}

function notes({ head, baked, weights }: DynamicCandidate): readonly string[] {
  const found: string[] = [];
  if (weights !== null) {
    const values = [...weights].map((weight) => Number(weight.toPrecision(4))).join(', ');
    found.push(
      `The attention gives the weights ${values} for every input, so the convolution is a static one.`,
    );
  } else if (head.temperature !== 1) {
    found.push(
      `The attention still divides its logits by T = ${head.temperature}: annealing to T = 1 was not finished.`,
    );
  }
  if (baked !== null && weights === null) {
    found.push(
      `The batch of ${baked.batch} is folded into the groups of "${baked.conv.name}", so the file is right for that batch only; ` +
        'fuse it with --batch-free to get one that works for any.',
    );
  }
  return found;
}

/** The attention, the bank, what stands beside it and what follows. */
export function branchesOf(analysis: Analysis, found: DynamicCandidate): readonly Branch[] {
  const { core, readings, source } = found;
  const bank = bankBranches(found);
  const inBank = new Set(bank.flatMap((branch) => branch.nodes));
  const others: Branch[] = [];
  for (const node of core) {
    if (inBank.has(node.name)) continue;
    const reading = readings.get(node.outputs[0] ?? '');
    if (reading?.kind !== 'mixed' || reading.layout.kind !== 'image') continue;
    for (const input of isWeighing(node) ? [] : node.inputs) {
      if (!isBeside(analysis, input, source, readings)) continue;
      const operator = staticOperator(analysis, source, input);
      if (operator !== null) others.push(...paths(operator).map(describeBranch));
    }
    const word = followingWord(analysis, node);
    if (word !== null) others.push({ label: word, nodes: [node.name] });
  }
  const attention = attentionNodes(analysis, source, found.head);
  const label = { label: attentionWord(found), nodes: attention.map((node) => node.name) };
  return [label, ...bank, ...others];
}

/** A static operand of a sum. */
function isBeside(
  analysis: Analysis,
  input: string,
  source: string,
  readings: ReadonlyMap<string, Reading>,
): boolean {
  return !isConstant(analysis, input) && (input === source || readings.get(input)?.kind === 'static');
}

function attentionWord({ head, weights }: DynamicCandidate): string {
  if (weights !== null) return `attention: constant over ${head.count}`;
  const word = head.activation === 'other' ? (head.node?.opType ?? 'input') : head.activation;
  const temperature = head.activation === 'other' ? '' : `, T = ${head.temperature}`;
  return `attention: ${word} over ${head.count}${temperature}`;
}

function bankBranches(found: DynamicCandidate): readonly Branch[] {
  const { core, readings, mixed, space } = found;
  const first = firstOperators(core, readings);
  const branch = (operator: Operator | undefined): Branch => {
    const [path] = operator === undefined ? [] : paths(operator);
    return path === undefined ? { label: 'zeros', nodes: [] } : describeBranch(path);
  };
  if (space === 'kernel') {
    const nodes = core.filter((node) => isMixing(node, readings)).map((node) => node.name);
    const [operator] = first.values();
    return [{ label: `bank of ${mixed.terms.size} × ${branch(operator).label}`, nodes }];
  }
  return [...mixed.terms.keys()]
    .sort((a, b) => a - b)
    .map((place) => {
      const { label, nodes } = branch(first.get(place));
      return { label: `${label} × attention[${place}]`, nodes };
    });
}

/** The term of each weight as it first appears, before anything that follows the sum. */
function firstOperators(
  core: readonly Node[],
  readings: ReadonlyMap<string, Reading>,
): ReadonlyMap<number, Operator> {
  const first = new Map<number, Operator>();
  for (const node of core) {
    const reading = readings.get(node.outputs[0] ?? '');
    if (reading?.kind !== 'mixed') continue;
    for (const [place, operator] of reading.terms) if (!first.has(place)) first.set(place, operator);
  }
  return first;
}

/** Nodes that mix kernels, convolve with them and bring the images into shape. */
function isMixing(node: Node, readings: ReadonlyMap<string, Reading>): boolean {
  const reading = readings.get(node.outputs[0] ?? '');
  if (reading?.kind === 'mixture') return true;
  if (reading?.kind === 'static') return ['Reshape', 'Unsqueeze', 'Squeeze', 'Flatten'].includes(node.opType);
  return reading?.kind === 'mixed' && (reading.layout.kind === 'rows' || comesFromRows(node, readings));
}

function comesFromRows(node: Node, readings: ReadonlyMap<string, Reading>): boolean {
  const [input = '', weight = ''] = node.inputs;
  const from = readings.get(input);
  const isUnfold = from?.kind === 'mixed' && from.layout.kind === 'rows';
  return isUnfold || readings.get(weight)?.kind === 'mixture';
}

/** Coefficients × images. */
function isWeighing(node: Node): boolean {
  return ['MatMul', 'Einsum', 'Mul'].includes(node.opType);
}

function followingWord(analysis: Analysis, node: Node): string | null {
  if (node.opType === 'BatchNormalization') return 'BN';
  const constant = node.inputs.some((input) => isConstant(analysis, input));
  if (!constant) return null;
  if (node.opType === 'Mul' || node.opType === 'Div') return 'scale';
  return node.opType === 'Add' || node.opType === 'Sub' ? 'bias' : null;
}
