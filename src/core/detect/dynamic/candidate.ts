import type { Node } from '../../ir/model';
import { imageShape, type Analysis } from '../analysis';
import type { Work } from '../cost';
import { aggregation, type Aggregation, type AggregationForm } from './aggregation';
import { collectCore, imageAt, readCore } from './core';
import { constantWeights, type Head } from './head';
import { kernelConv } from './kernelConv';
import { aggregationWork, coreWork } from './price';
import { hasConv, type Mixed, type Reading } from './reading';
import { dimsOf } from './relabel';
import { canReplace, selectionsOnlyFor } from './removal';
import type { Root } from './roots';
import { emittedNodes, placement, type Placement } from './placement';

/** A dynamic convolution between a source and a sink, and what can be made of it. */
export interface DynamicCandidate {
  readonly space: Root['space'];
  readonly head: Head;
  readonly source: string;
  readonly sink: string;
  /** Nodes between source and weights on one side and the sink on the other. */
  readonly core: readonly Node[];
  /** Nodes that only select or reshape the weights for the core. */
  readonly selections: readonly Node[];
  readonly readings: ReadonlyMap<string, Reading>;
  readonly mixed: Mixed;
  /** The batch that the file holds in the groups of a Conv; null where it holds none. */
  readonly baked: { readonly batch: number; readonly conv: Node } | null;
  /** The weights, where they are the same for every input. */
  readonly weights: Float64Array | null;
  readonly before: Work;
  /** Null where nothing can be folded or aggregated. */
  readonly better: Improvement | null;
}

export interface Improvement {
  readonly aggregation: Aggregation;
  readonly placement: Placement;
  readonly after: Work;
  readonly saving: number;
}

/** The dynamic convolution at a root, as far as it is worth growing; null where the root is none. */
export function candidateAt(analysis: Analysis, root: Root): DynamicCandidate | null {
  for (const source of root.sources) {
    const grown = root.sinks.flatMap((sink) => candidateTo(analysis, root, source, sink) ?? []);
    const [smallest] = grown;
    if (smallest === undefined) continue;
    const constant = grown.filter(({ weights }) => weights !== null);
    if (constant.length > 0) return constant[constant.length - 1] ?? null;
    const gain = ({ better }: DynamicCandidate): number => better?.saving ?? 0;
    return grown.reduce((best, one) => (gain(one) > gain(best) ? one : best), smallest);
  }
  return null;
}

function candidateTo(
  analysis: Analysis,
  { space, head, sinks }: Root,
  source: string,
  sink: string,
): DynamicCandidate | null {
  const core = collectCore(analysis, source, head.value, sink);
  if (core === null) return null;
  const readings = readCore(analysis, source, head.value, core);
  const mixed = imageAt(readings, sink);
  if (mixed === null || !isDynamicConv(mixed, space)) return null;
  const baked = bakedBatch(analysis, core, readings);
  const weights = constantWeights(analysis, head, baked?.batch ?? 1);
  const selections = selectionsOnlyFor(analysis, head.value, core);
  const before = coreWork(analysis, source, sink, core, readings);
  const found = { space, head, source, sink, core, selections, readings, mixed, baked, weights, before };
  const isBare = isFirst(sink, sinks, readings) && core.filter((node) => node.opType === 'Conv').length === 1;
  const removable = canReplace(analysis, core, sink);
  return {
    ...found,
    better: removable && !(isBare && space === 'kernel') ? improvement(analysis, found, isBare) : null,
  };
}

/** A gate on one branch is none: kernels are mixed, or at least two weighted convolutions are added. */
function isDynamicConv({ terms }: Mixed, space: Root['space']): boolean {
  const kernels = [...terms.values()].filter(hasConv).length;
  return space === 'kernel' ? kernels > 0 : kernels > 1;
}

function isFirst(sink: string, sinks: readonly string[], readings: ReadonlyMap<string, Reading>): boolean {
  return sinks.find((value) => imageAt(readings, value) !== null) === sink;
}

function bakedBatch(
  analysis: Analysis,
  core: readonly Node[],
  readings: ReadonlyMap<string, Reading>,
): DynamicCandidate['baked'] {
  for (const node of core) {
    const mixture = readings.get(node.inputs[1] ?? '');
    if (node.opType !== 'Conv' || mixture?.kind !== 'mixture') continue;
    const found = kernelConv(analysis, node, mixture);
    if (found !== null) return { batch: found.batch, conv: node };
  }
  return null;
}

/** The better of the two forms that are right for the model; null where neither saves anything. */
function improvement(
  analysis: Analysis,
  found: Omit<DynamicCandidate, 'better'>,
  isBare: boolean,
): Improvement | null {
  const batch = found.baked?.batch ?? dimsOf(analysis, found.source)?.[0];
  const forms: AggregationForm[] = [];
  if (typeof batch === 'number') forms.push('kernel');
  // one convolution of K·O channels, weighted and added, is what the feature form makes: once is enough
  if (found.space === 'feature' && !(isBare && typeof batch !== 'number')) forms.push('feature');
  const priced = forms.flatMap((form) => priceForm(analysis, found, form) ?? []);
  const [first, ...others] = priced;
  if (first === undefined) return null;
  const best = others.reduce((cheapest, one) => (one.saving > cheapest.saving ? one : cheapest), first);
  return best.saving > 0 ? best : null;
}

/** What a form of the candidate costs; null where there is none. */
export function priceForm(
  analysis: Analysis,
  found: Omit<DynamicCandidate, 'better'>,
  form: AggregationForm,
): Improvement | null {
  const sizes = imageShape(analysis, found.source, null)?.sizes ?? [];
  const laidOut = aggregation(found.mixed, found.head, form, sizes);
  const place = placement(analysis, found, form);
  if (laidOut === null || place === null) return null;
  const nodes = emittedNodes(laidOut, place);
  const after = aggregationWork(analysis, found.source, found.sink, laidOut, nodes);
  return { aggregation: laidOut, placement: place, after, saving: found.before.work - after.work };
}
