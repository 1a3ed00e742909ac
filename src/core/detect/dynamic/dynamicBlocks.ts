import { imageShape, type Analysis } from '../analysis';
import type { FusableBlock, RefusedBlock, Region } from '../block';
import { mergedWork, regionWork } from '../cost';
import { modulePath } from '../../ir/modulePath';
import type { Node } from '../../ir/model';
import type { Operator } from '../../algebra/operator';
import type { AggregationForm } from './aggregation';
import { attentionNodes } from './attention';
import { candidateAt, priceForm, type DynamicCandidate, type Improvement } from './candidate';
import { branchesOf, describe, type DynamicDescription } from './describe';
import { combined, zero } from './reading';
import { canReplace } from './removal';
import { roots } from './roots';

/**
 * Dynamic convolutions: y = conv(x; Σ_k a_k(x)·W_k) + Σ_k a_k(x)·b_k, whether the export mixes kernels or the results of
 * K convolutions. Where the weights are provably constant it is a static block like any other.
 */
export interface DynamicConvolution {
  readonly description: DynamicDescription;
  /** Nodes that an aggregation replaces; the attention stays. */
  readonly core: readonly Node[];
  /** What pays; null where nothing is left to fold or to aggregate. */
  readonly better: Improvement | null;
  /** The form that works for any batch, for a file that holds its batch; null where it holds none or can't be freed. */
  readonly batchFree: Improvement | null;
}

/** The dynamic convolutions of a model, none overlapping another, without ids. */
export function dynamicBlocks(analysis: Analysis): readonly (FusableBlock | RefusedBlock)[] {
  const found = roots(analysis).flatMap((root) => candidateAt(analysis, root) ?? []);
  const gain = ({ better, weights }: DynamicCandidate): number =>
    weights !== null ? Infinity : (better?.saving ?? 0);
  const taken = new Set<Node>();
  const chosen: DynamicCandidate[] = [];
  for (const candidate of [...found].sort((a, b) => gain(b) - gain(a) || b.core.length - a.core.length)) {
    if (candidate.core.some((node) => taken.has(node))) continue;
    for (const node of candidate.core) taken.add(node);
    chosen.push(candidate);
  }
  return chosen.map((candidate) => blockOf(analysis, candidate));
}

function blockOf(analysis: Analysis, found: DynamicCandidate): FusableBlock | RefusedBlock {
  const merged = found.weights === null ? null : staticOperator(analysis, found, found.weights);
  if (merged !== null && canReplace(analysis, found.core, found.sink))
    return staticBlock(analysis, found, merged);
  const region = regionOf(analysis, found);
  const others = region.nodes.length - found.core.length - found.selections.length;
  const beforeCost = regionWork(analysis, {
    ...region,
    nodes: region.nodes.filter((node) => !found.core.includes(node)),
  }).cost;
  const total = (cost: typeof beforeCost, nodes: number): typeof beforeCost => ({
    nodes,
    params: cost.params + beforeCost.params,
    macs: cost.macs === null || beforeCost.macs === null ? null : cost.macs + beforeCost.macs,
  });
  const before = total(found.before.cost, region.nodes.length);
  const base = {
    id: '',
    family: 'DynamicConv',
    region,
    branches: branchesOf(analysis, found),
    modulePath: pathOf(analysis, found.core),
    before,
    dynamic: {
      description: describe(found),
      core: found.core,
      better: found.better,
      batchFree: batchFree(analysis, found),
    },
  } as const;
  if (found.better === null)
    return { ...base, status: 'refused', after: before, refusal: refusalOf(analysis, found) };
  const { after } = found.better;
  return {
    ...base,
    status: 'fusable',
    after: total(after.cost, others + after.cost.nodes),
    refusal: null,
    operator: shapeOf(found.better),
    form: 'conv',
    dead: [],
  };
}

/** Attention, selections and core, in topological order. */
function regionOf(analysis: Analysis, found: DynamicCandidate): Region {
  const { source, sink, core, selections, head } = found;
  const nodes = new Set([...attentionNodes(analysis, source, head), ...selections, ...core]);
  const { position } = analysis.index;
  const ordered = [...nodes].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  return { source, sink, nodes: ordered };
}

function batchFree(analysis: Analysis, found: DynamicCandidate): Improvement | null {
  const form: AggregationForm = 'feature';
  const isFree = found.baked === null && found.better?.aggregation.form !== 'kernel';
  return isFree || !canReplace(analysis, found.core, found.sink) ? null : priceForm(analysis, found, form);
}

/** The geometry of the aggregated convolution; its numbers change with the input. */
function shapeOf({ aggregation: { geometry, rows } }: Improvement): Operator {
  return { kind: 'sum', geometry, terms: rows.map((of) => ({ coefficient: 1 / rows.length, of })) };
}

/** Σ a_k·L_k + L_rest with the weights a_k for numbers. */
function staticOperator(
  analysis: Analysis,
  { mixed, source }: DynamicCandidate,
  weights: Float64Array,
): Operator | null {
  const terms = [...mixed.terms].map(([place, of]) => ({ coefficient: weights[place] ?? 0, of }));
  if (mixed.rest !== null) terms.push({ coefficient: 1, of: mixed.rest });
  const [first] = terms;
  if (first === undefined) return null;
  // two terms at least, so that a lone weight is not taken for a coefficient of 1
  const all = terms.length > 1 ? terms : [...terms, { coefficient: 1, of: zero(first.of.geometry) }];
  return combined(all, imageShape(analysis, source, null)?.sizes ?? []);
}

function staticBlock(analysis: Analysis, found: DynamicCandidate, operator: Operator): FusableBlock {
  const { source, sink, core } = found;
  const region: Region = { source, sink, nodes: core };
  return {
    id: '',
    status: 'fusable',
    family: 'DynamicConv',
    region,
    branches: branchesOf(analysis, found),
    modulePath: pathOf(analysis, core),
    before: found.before.cost,
    after: mergedWork(analysis, region, operator.geometry).cost,
    refusal: null,
    operator,
    form: 'conv',
    dead: [],
    dynamic: { description: describe(found), core, better: null, batchFree: null },
  };
}

function pathOf(analysis: Analysis, core: readonly Node[]): string {
  const weights = core.flatMap((node) => node.inputs.filter((input) => analysis.facts.constants.has(input)));
  return modulePath(
    core.map((node) => node.name),
    weights,
  );
}

function refusalOf(analysis: Analysis, found: DynamicCandidate): RefusedBlock['refusal'] {
  const { core, mixed, sink, space, baked } = found;
  const nodes = core.filter((node) => node.opType === 'Conv').map((node) => node.name);
  if (!canReplace(analysis, core, sink)) {
    return {
      code: 'extra-consumer',
      message: `A value inside the dynamic convolution that ends in "${sink}" is also read elsewhere or an output of the model, so its nodes must stay.`,
      nodes,
    };
  }
  const what = space === 'kernel' ? 'kernel is mixed' : 'result is weighted';
  const free = baked === null ? '' : '; what can be had is a form for any batch (--batch-free)';
  return {
    code: 'dynamic-coefficient',
    message:
      `The ${what} anew for every input by an attention over ${mixed.terms.size} kernels, so it can't become one static kernel, ` +
      `and no BN, scale or static branch beside it is left to fold into the bank${free}.`,
    nodes,
  };
}
