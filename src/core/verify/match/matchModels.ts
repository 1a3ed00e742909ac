import { valuesRead } from '../../ir/graphIndex';
import type { Node } from '../../ir/model';
import type { Side } from '../side';
import { correspondingInputs, correspondingOutputs, type Correspondence } from './correspondence';
import { findChanged, findNode, linkOutputs } from './findNode';
import { sinkCandidates, standIn } from './findSink';
import { liveItems } from './items';
import { IDENTICAL, type Likeness } from './likeness';
import type { Part } from './part';

/**
 * Which part of the second model is which part of the first one, by what the nodes compute and not by their names:
 * from the inputs on, a node corresponds to a node with the same operator, attributes, constants and corresponding inputs; a
 * block corresponds to itself, or to whatever affine nodes lead from its source to a value that is read alike.
 */
export interface ModelMatch {
  /** The fusable blocks that the outputs depend on, in topological order. */
  readonly blocks: readonly BlockMatch[];
  /** Nodes outside blocks that have no equal in the second model. */
  readonly changed: readonly Node[];
  /** Pairs of output names; null where the models have different numbers of outputs. */
  readonly outputs: ReadonlyMap<string, string> | null;
  /** Names of the second model's inputs by the first one's; null where some input has no counterpart. */
  readonly inputs: ReadonlyMap<string, string> | null;
  /**
   * Whether the models are the same but for the replaced blocks: each output is computed from the inputs by equal nodes and
   * corresponding blocks. Then they are one function if each pair of blocks is.
   */
  readonly isComplete: boolean;
}

export interface BlockMatch {
  readonly block: Part;
  /** `unchanged`: node by node the same; `replaced`: by other nodes from `source` to `sink`; `missing`: not found. */
  readonly kind: 'unchanged' | 'replaced' | 'missing';
  /** In the second model; '' where it is missing. */
  readonly source: string;
  readonly sink: string;
  /** Of a dynamic convolution: its attention, computed alike in both models. */
  readonly attention?: { readonly original: string; readonly fused: string };
}

/** Of several values that may be a block's result, the one that is nearest to it. */
export type Chooser = (block: Part, source: string, sinks: readonly string[]) => string;

export function matchModels(
  original: Side,
  fused: Side,
  blocks: readonly Part[],
  choose: Chooser,
  likeness: Likeness = IDENTICAL,
): ModelMatch {
  const values = correspondingInputs(original, fused, likeness);
  const outputs = correspondingOutputs(original, fused);
  const changed: Node[] = [];
  const matches: BlockMatch[] = [];
  const matchNode = (node: Node): void => {
    const equal = findNode(node, values);
    if (equal === null) changed.push(node);
    // a changed node still says where its readers are
    const counterpart = equal ?? findChanged(node, values);
    if (counterpart !== null) linkOutputs(node, counterpart, values);
  };
  for (const item of liveItems(original, blocks)) {
    if (item.kind === 'node') {
      matchNode(item.node);
      continue;
    }
    const match = matchBlock(item.block, values, outputs ?? new Map(), choose);
    if (item.block.optional !== true || match.kind === 'replaced') matches.push(match);
    else if (match.kind === 'missing') item.block.region.nodes.forEach(matchNode);
  }
  const outputsAgree = [...(outputs ?? [])].every(([ours, theirs]) => values.same(ours, theirs));
  const isComplete =
    outputs !== null &&
    outputsAgree &&
    changed.length === 0 &&
    matches.every(({ kind }) => kind !== 'missing');
  return { blocks: matches, changed, outputs, inputs: inputNames(original, values), isComplete };
}

function matchBlock(
  block: Part,
  values: Correspondence,
  outputs: ReadonlyMap<string, string>,
  choose: Chooser,
): BlockMatch {
  const { sink } = block.region;
  const source = values.of(block.region.source);
  if (source === null) return { block, kind: 'missing', source: '', sink: '' };
  const trial = values.fork();
  if (isUnchanged(block, trial)) {
    values.adopt(trial);
    return { block, kind: 'unchanged', source, sink: values.of(sink) ?? '' };
  }
  const found = sinkCandidates(block, values, outputs);
  const [first] = found;
  if (first === undefined) {
    const other = block.optional === true ? null : standIn(block, values, outputs);
    if (other !== null) values.set(sink, other);
    return { block, kind: 'missing', source, sink: '' };
  }
  const chosen = found.length === 1 ? first : choose(block, source, found);
  const attention = sameAttention(block, values);
  values.set(sink, chosen);
  return { block, kind: 'replaced', source, sink: chosen, ...(attention === null ? {} : { attention }) };
}

/** The value that weighs a dynamic convolution's kernels, where both models compute it by equal nodes. */
function sameAttention(
  { dynamic }: Part,
  values: Correspondence,
): NonNullable<BlockMatch['attention']> | null {
  if (dynamic === undefined) return null;
  const { value } = dynamic.description.attention;
  const trial = values.fork();
  for (const node of nodesBehind(value, trial)) {
    const equal = findNode(node, trial);
    if (equal === null) return null;
    linkOutputs(node, equal, trial);
  }
  const fused = trial.of(value);
  return fused === null ? null : { original: value, fused };
}

function isUnchanged({ region }: Part, values: Correspondence): boolean {
  for (const node of nodesBehind(region.sink, values)) {
    const equal = findNode(node, values);
    if (equal === null) return false;
    linkOutputs(node, equal, values);
  }
  return values.of(region.sink) !== null;
}

/**
 * The nodes that lead to `sink` from values that are matched already: those of the block, and shape arithmetic on its source
 * that is constant at some sizes only. In topological order.
 */
function nodesBehind(sink: string, { original, of }: Correspondence): readonly Node[] {
  const { producer, position } = original.index;
  const nodes = new Set<Node>();
  const open = [sink];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const node = producer.get(value);
    if (node === undefined || nodes.has(node) || original.facts.constants.has(value) || of(value) !== null)
      continue;
    nodes.add(node);
    open.push(...valuesRead(node));
  }
  return [...nodes].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
}

function inputNames(original: Side, values: Correspondence): ReadonlyMap<string, string> | null {
  const { inputs, initializers } = original.model.graph;
  const names = new Map<string, string>();
  for (const { name } of inputs) {
    const other = values.of(name);
    if (other !== null) names.set(name, other);
    else if (!initializers.has(name)) return null;
  }
  return names;
}
