import type { Assumption } from '../checkpoint/assumptions';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { checkpointSource, type CheckpointSource } from '../checkpoint/checkpointModel';
import type { Block, Branch, Cost, Refusal } from '../detect/block';
import { isConv } from '../detect/candidates';
import type { DynamicDescription } from '../detect/dynamic/describe';
import type { Detection } from '../detect/detect';
import { isFloat } from '../tensor/dtype';
import { elementCount } from '../tensor/tensor';
import type { Dim, Graph, ModelFormat } from '../ir/model';
import { blockInsight, type BranchShare, type Insight } from './insight';
import { transformsOf, type Transform } from './transforms';

/** What `replens inspect` prints: the model at a glance and its blocks. */
export interface InspectReport {
  readonly format: ModelFormat;
  readonly model: ModelSummary;
  readonly blocks: readonly BlockReport[];
  /** Left out for any other model. */
  readonly checkpoint?: CheckpointSummary;
}

/** A file of weights: what is in it, and what it does not say. */
export interface CheckpointSummary {
  readonly kind: Checkpoint['kind'];
  readonly states: readonly StateSummary[];
  /** Elements of all floating-point entries, in blocks or not. */
  readonly parameters: number;
  /** What lies beside the state dicts. */
  readonly others: Checkpoint['others'];
  readonly assumptions: readonly Assumption[];
}

export interface StateSummary {
  /** The keys that lead to it; '' for the file itself. */
  readonly path: string;
  /** What all names begin with and no model's do, such as "module."; '' for none. */
  readonly wrapper: string;
  readonly entries: number;
  /** Entries once all blocks are merged that can be. */
  readonly entriesAfter: number;
  readonly blocks: number;
}

export interface ModelSummary {
  readonly name: string;
  readonly producer: string;
  readonly opset: number | null;
  readonly inputs: readonly PortSummary[];
  readonly outputs: readonly PortSummary[];
  /** Elements of all floating-point weights. */
  readonly parameters: number;
  readonly nodes: number;
  readonly convs: number;
  /** Nodes by operator, most frequent first. */
  readonly ops: readonly { readonly op: string; readonly count: number }[];
}

export interface PortSummary {
  readonly name: string;
  readonly dtype: string | null;
  readonly dims: readonly Dim[] | null;
}

export interface BlockReport {
  readonly id: string;
  readonly family: string;
  readonly status: 'fusable' | 'refused';
  readonly input: string | null;
  readonly output: string | null;
  readonly modulePath: string;
  readonly nodes: readonly string[];
  /** With what each gives to the merged kernel, where that was asked for. */
  readonly branches: readonly (Branch & Partial<Pick<BranchShare, 'share' | 'dead'>>)[];
  /** The DBB paper's names for what the merge does; none for a refused block. */
  readonly transforms: readonly Transform[];
  readonly refusal: Refusal | null;
  readonly before: Cost;
  readonly after: Cost;
  /** Attention, bank and batch of a dynamic convolution; left out for any other block. */
  readonly dynamic?: DynamicDescription;
  /** Whose names a checkpoint's block has: "timm MobileOne". */
  readonly convention?: string;
}

export interface InspectOptions {
  /** Also each branch's share of the merged kernel; reads all kernels. */
  readonly insight?: boolean;
}

export function inspectReport(detection: Detection, { insight = false }: InspectOptions = {}): InspectReport {
  const { analysis } = detection;
  const source = checkpointSource(analysis.original);
  const blocks = detection.blocks.map((block) => ({ ...blockReport(block), ...conventionOf(block, source) }));
  return {
    format: analysis.model.format,
    model: modelSummary(analysis),
    ...(source === null ? {} : { checkpoint: checkpointSummary(source, detection) }),
    blocks: insight ? blocks.map((block) => withShares(block, blockInsight(detection, block.id))) : blocks,
  };
}

function conventionOf(
  { region }: Block,
  source: CheckpointSource | null,
): Pick<BlockReport, 'convention'> | null {
  const found = source?.blocks.find(({ sink }) => sink === region.sink);
  return found === undefined ? null : { convention: found.block.convention.name };
}

function checkpointSummary(source: CheckpointSource, detection: Detection): CheckpointSummary {
  const { checkpoint, blocks, assumptions } = source;
  const { kind, states, others } = checkpoint;
  const fusable = new Set(
    detection.blocks.flatMap(({ status, region }) => (status === 'fusable' ? [region.sink] : [])),
  );
  const summary = (state: Checkpoint['states'][number]): StateSummary => {
    const own = blocks.filter(({ block }) => block.state === state);
    const merged = own.filter(({ sink }) => fusable.has(sink));
    const gone = new Set(merged.flatMap(({ block }) => block.entries)).size;
    return {
      ...{ path: state.path, wrapper: state.wrapper, entries: state.entries.size, blocks: own.length },
      // each becomes a weight and a bias
      entriesAfter: state.entries.size - gone + 2 * merged.length,
    };
  };
  return {
    kind,
    states: states.map(summary),
    parameters: states.reduce((total, { entries }) => total + countParameters(entries), 0),
    ...{ others, assumptions },
  };
}

function withShares(block: BlockReport, insight: Insight | null): BlockReport {
  if (insight === null) return block;
  const branches = block.branches.map((branch, place) => {
    const of = insight.branches[place];
    return of === undefined ? branch : { ...branch, share: of.share, dead: of.dead };
  });
  return { ...block, branches };
}

function blockReport(block: Block): BlockReport {
  return {
    id: block.id,
    family: block.family,
    status: block.status,
    input: block.region.source,
    output: block.region.sink,
    modulePath: block.modulePath,
    nodes: block.region.nodes.map((node) => node.name),
    branches: block.branches,
    // the operator of an aggregated convolution tells its geometry only
    transforms: block.status === 'fusable' && !block.dynamic?.better ? transformsOf(block.operator) : [],
    refusal: block.refusal,
    before: block.before,
    after: block.after,
    ...(block.dynamic === undefined ? {} : { dynamic: block.dynamic.description }),
  };
}

function modelSummary({ model, facts }: Detection['analysis']): ModelSummary {
  const { graph } = model;
  const port = (name: string): PortSummary => {
    const type = facts.types.get(name) ?? null;
    return { name, dtype: type?.dtype ?? null, dims: type?.dims ?? null };
  };
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    const op = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`;
    counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  return {
    name: graph.name,
    producer: model.producer,
    opset: model.opsets.get('') ?? null,
    // inputs with default values are weights to a person
    inputs: graph.inputs
      .filter((input) => !graph.overridable.has(input.name))
      .map((input) => port(input.name)),
    outputs: graph.outputs.map((output) => port(output.name)),
    parameters: countParameters(graph.initializers),
    nodes: countComputing(graph.nodes),
    convs: graph.nodes.filter(isConv).length,
    ops: [...counts].map(([op, count]) => ({ op, count })).sort((a, b) => b.count - a.count),
  };
}

/** Elements of all floating-point weights. */
export function countParameters(initializers: Graph['initializers']): number {
  let parameters = 0;
  for (const tensor of initializers.values())
    if (isFloat(tensor.dtype)) parameters += elementCount(tensor.dims);
  return parameters;
}

/** Nodes that compute: constants written as nodes do not count. */
export function countComputing(nodes: Graph['nodes']): number {
  return nodes.filter((node) => node.opType !== 'Constant').length;
}
