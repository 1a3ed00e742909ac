import { channelsPerGroup, kernelSize, tapCount, type Geometry } from '../../algebra/geometry/geometry';
import { intAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import { elementCount } from '../../tensor/tensor';
import { isConstant, type Analysis } from '../analysis';
import type { Cost } from '../block';
import { regionWork, type Work } from '../cost';
import type { Aggregation } from './aggregation';
import type { Reading } from './reading';
import { dimsOf } from './relabel';

/** As in cost.ts: moving one element takes as long as this many multiply-accumulates. */
const BALANCE = 16;
const NOMINAL_SIZE = 56;

interface Tally {
  readonly macs: number;
  readonly moved: number;
  readonly params: number;
}

/** Elements of one sample's image, a nominal size for what is open. */
function imageElements(channels: number, spatial: readonly Dim[]): number {
  return spatial.reduce<number>(
    (product, dim) => product * (typeof dim === 'number' ? dim : NOMINAL_SIZE),
    channels,
  );
}

/** What the nodes of a core cost for one sample; banks are counted by what their products read and make. */
export function coreWork(
  analysis: Analysis,
  source: string,
  sink: string,
  core: readonly Node[],
  readings: ReadonlyMap<string, Reading>,
): Work {
  const plain: Node[] = [];
  let own: Tally = { macs: 0, moved: 0, params: 0 };
  for (const node of core) {
    const reading = readings.get(node.outputs[0] ?? '');
    const isDynamic = node.opType === 'Conv' && !isConstant(analysis, node.inputs[1] ?? '');
    if (isDynamic) own = plus(own, dynamicConv(analysis, node));
    else if (reading?.kind === 'mixture') own = plus(own, bankProduct(analysis, node));
    else if (reading?.kind !== 'mixed' || reading.layout.kind !== 'rows') plain.push(node);
  }
  const rest = regionWork(analysis, { source, sink, nodes: plain });
  const macs = rest.cost.macs;
  const spatial = (dimsOf(analysis, sink) ?? []).slice(2);
  const known = macs !== null && spatial.every((dim) => typeof dim === 'number');
  const cost: Cost = {
    nodes: core.length,
    params: rest.cost.params + own.params,
    macs: known ? macs + own.macs : null,
  };
  return { cost, work: rest.work + priceOf(own) };
}

function dynamicConv(analysis: Analysis, node: Node): Tally {
  const [total = 1, ...image] = (dimsOf(analysis, node.outputs[0] ?? '') ?? []).slice(1);
  const kernel = (dimsOf(analysis, node.inputs[1] ?? '') ?? []).slice(1);
  const [rows = total] = dimsOf(analysis, node.inputs[1] ?? '') ?? [];
  const groups = intAttribute(node, 'group', 1);
  // the batch lies in the channels: one sample has its share of them
  const samples = samplesOf(analysis, node, groups);
  const channels = typeof rows === 'number' ? rows / samples : 1;
  const perElement = imageElements(1, kernel);
  const elements = imageElements(channels, image);
  return { macs: elements * perElement, moved: elements * 2 + channels * perElement, params: 0 };
}

function samplesOf(analysis: Analysis, node: Node, groups: number): number {
  const perGroup = dimsOf(analysis, node.inputs[1] ?? '')?.[1];
  const above = analysis.index.producer.get(node.inputs[0] ?? '')?.inputs[0] ?? '';
  const channels = dimsOf(analysis, above)?.[1];
  if (typeof perGroup !== 'number' || typeof channels !== 'number') return 1;
  const samples = (groups * perGroup) / channels;
  return Number.isInteger(samples) && samples > 0 ? samples : 1;
}

function bankProduct(analysis: Analysis, node: Node): Tally {
  const params = node.inputs.reduce((total, input) => {
    const tensor = analysis.facts.constants.get(input);
    return tensor?.dtype.includes('float') === true ? total + elementCount(tensor.dims) : total;
  }, 0);
  return { macs: params, moved: 0, params };
}

function plus(a: Tally, b: Tally): Tally {
  return { macs: a.macs + b.macs, moved: a.moved + b.moved, params: a.params + b.params };
}

function priceOf({ macs, moved, params }: Tally): number {
  return macs + BALANCE * (moved + params);
}

/** What an aggregation costs for one sample. @param nodes how many nodes it is written as. */
export function aggregationWork(
  analysis: Analysis,
  source: string,
  sink: string,
  { form, geometry, rows, restHasTaps, bias }: Aggregation,
  nodes: number,
): Work {
  const spatial = (dimsOf(analysis, sink) ?? []).slice(2);
  const from = (dimsOf(analysis, source) ?? []).slice(2);
  const known = [...spatial, ...from].every((dim) => typeof dim === 'number');
  const count = rows.length + (restHasTaps ? 1 : 0);
  const params =
    count * kernelSize(geometry) +
    (bias === 'none' ? 0 : (bias === 'mixed' ? count : 1) * geometry.outChannels);
  const tally = tallyOf(
    form,
    geometry,
    count,
    imageElements(geometry.inChannels, from),
    imageElements(geometry.outChannels, spatial),
  );
  const cost: Cost = { nodes, params, macs: known ? tally.macs : null };
  return { cost, work: priceOf({ ...tally, params }) };
}

function tallyOf(
  form: Aggregation['form'],
  geometry: Geometry,
  count: number,
  input: number,
  output: number,
): Omit<Tally, 'params'> {
  const perElement = channelsPerGroup(geometry) * tapCount(geometry);
  const kernel = kernelSize(geometry);
  if (form === 'kernel')
    return { macs: output * perElement + count * kernel, moved: input + output + kernel };
  return { macs: count * output * (perElement + 1), moved: input + (2 * count + 1) * output };
}
