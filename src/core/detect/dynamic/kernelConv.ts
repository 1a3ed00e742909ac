import { convAxis, type Axis } from '../../algebra/geometry/axis';
import type { Geometry } from '../../algebra/geometry/geometry';
import { affine, conv, type Operator } from '../../algebra/operator';
import { intAttribute, intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import { isConstant, type Analysis } from '../analysis';
import { sliceName } from './bankSlice';
import type { Mixture, Stretch } from './mixture';
import { zero, type Mixed } from './reading';
import { constantNumbers, dimsOf, isRelabel, knownProduct, sameSizes } from './relabel';

/** A Conv whose kernel an attention mixes from a bank, the batch folded into its groups. */
export interface KernelConv {
  readonly node: Node;
  /** The images before they were folded: [N, C, …S]. */
  readonly source: string;
  /** Nodes that fold them. */
  readonly fold: readonly Node[];
  /** The only batch that the Conv is right for: its groups are batch · groups of one sample. */
  readonly batch: number;
  /** Of one sample. */
  readonly geometry: Geometry;
  readonly mixture: Mixture;
}

/** Reads the Conv; null where its shapes are not those of a dynamic convolution. */
export function kernelConv(analysis: Analysis, node: Node, mixture: Mixture): KernelConv | null {
  const [, weight = ''] = node.inputs;
  const [, perGroup, ...taps] = dimsOf(analysis, weight) ?? [];
  const tapTotal = knownProduct(taps);
  if (typeof perGroup !== 'number' || tapTotal === null || mixture.open) return null;
  const outChannels = mixture.size / (perGroup * tapTotal);
  const axes = windowAxes(node, taps as number[]);
  if (!Number.isInteger(outChannels) || axes === null) return null;
  const groupTotal = intAttribute(node, 'group', 1);
  const from = unfolded(analysis, node, perGroup, mixture);
  if (from === null) return null;
  const { source, fold, channels, batch } = from;
  const groups = groupTotal / batch;
  if (outChannels % groups !== 0 || !isOneSample(analysis, from, weight, outChannels)) return null;
  const geometry = { inChannels: channels, outChannels, groups, axes };
  return { node, source, fold, batch, geometry, mixture };
}

interface Folded {
  readonly source: string;
  readonly fold: readonly Node[];
  readonly channels: number;
  readonly batch: number;
}

const MAX_FOLDS = 4;

/**
 * The images [N, C, …S] above the Conv's data, through relabels: those whose batch is the attention's. Where that is open,
 * the nearest that are folded at all; with a batch of one nothing need be, and then the kernels must say so.
 */
function unfolded(analysis: Analysis, node: Node, perGroup: number, { head }: Mixture): Folded | null {
  const found = foldedAbove(analysis, node, perGroup);
  const batch = dimsOf(analysis, head)?.[0];
  if (typeof batch !== 'number') return found.find(({ fold }) => fold.length > 0) ?? found[0] ?? null;
  const first = found.findIndex((one) => one.batch === batch);
  if (first < 0) return null;
  // a batch of one is folded by reshaping to the same shape
  const same = found.slice(first).filter(({ channels }) => channels === found[first]?.channels);
  return (batch === 1 ? same[same.length - 1] : same[0]) ?? null;
}

function foldedAbove(analysis: Analysis, { inputs, attributes }: Node, perGroup: number): readonly Folded[] {
  const groups = attributes.get('group')?.value ?? 1;
  const folded = dimsOf(analysis, inputs[0] ?? '');
  if (folded === null || folded.length < 3 || typeof groups !== 'number') return [];
  const found: Folded[] = [];
  const fold: Node[] = [];
  for (let value = inputs[0] ?? ''; fold.length <= MAX_FOLDS;) {
    const dims = dimsOf(analysis, value) ?? [];
    const batch = batchOf(dims, folded, perGroup, groups);
    if (batch !== null) found.push({ source: value, fold: [...fold], channels: dims[1] as number, batch });
    const producer = analysis.index.producer.get(value);
    if (producer === undefined || !isRelabel(analysis, producer)) break;
    fold.push(producer);
    value = producer.inputs[0] ?? '';
  }
  return found;
}

/** The batch that [N, C, …S] would have to have to become the Conv's input; null where it is not such images. */
function batchOf(
  dims: readonly Dim[],
  folded: readonly Dim[],
  perGroup: number,
  groups: number,
): number | null {
  const channels = dims[1];
  if (typeof channels !== 'number' || dims.length !== folded.length || channels % perGroup !== 0) return null;
  const batch = (groups * perGroup) / channels;
  if (!Number.isInteger(batch) || batch < 1 || !sameSizes(dims.slice(2), folded.slice(2))) return null;
  return typeof dims[0] === 'number' && dims[0] !== batch ? null : batch;
}

/** Images that are not folded are one sample: its kernels are all there are. */
function isOneSample(
  analysis: Analysis,
  { fold, batch }: Folded,
  weight: string,
  outChannels: number,
): boolean {
  return fold.length > 0 || (batch === 1 && dimsOf(analysis, weight)?.[0] === outChannels);
}

/** The window of the Conv; null for an auto_pad that depends on the image's size. */
function windowAxes(node: Node, taps: readonly number[]): readonly Axis[] | null {
  const ones = taps.map(() => 1);
  const strides = intsAttribute(node, 'strides') ?? ones;
  const dilations = intsAttribute(node, 'dilations') ?? ones;
  const zeros = [...taps, ...taps].map(() => 0);
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (mode !== 'NOTSET' && mode !== 'VALID' && mode !== '') return null;
  const pads = mode === 'VALID' ? zeros : (intsAttribute(node, 'pads') ?? zeros);
  return taps.map((kernel, place) =>
    convAxis({
      kernel,
      dilation: dilations[place] ?? 1,
      padBegin: pads[place] ?? 0,
      padEnd: pads[place + taps.length] ?? 0,
      stride: strides[place] ?? 1,
    }),
  );
}

/** The terms of the Conv: one convolution of the source for each kernel of the bank. */
export function kernelTerms(
  analysis: Analysis,
  { node, geometry, mixture, batch }: KernelConv,
  bias: Mixture | string | null,
): Mixed | null {
  const dims = [
    geometry.outChannels,
    geometry.inChannels / geometry.groups,
    ...geometry.axes.map((a) => a.count),
  ];
  const biases = bias === null || typeof bias === 'string' ? null : bias;
  if (biases !== null && (biases.head !== mixture.head || biases.open)) return null;
  if (biases !== null && biases.size !== geometry.outChannels) return null;
  const constant = typeof bias === 'string' ? sharedBias(analysis, bias, geometry.outChannels, batch) : null;
  if (typeof bias === 'string' && constant === null) return null;
  const terms = new Map<number, Operator>();
  const places = new Set([...mixture.rows.keys(), ...(biases?.rows.keys() ?? [])]);
  for (const place of places) {
    const kernel = mixture.rows.get(place);
    const operator = term(geometry, dims, kernel, biases?.rows.get(place), node.name);
    terms.set(place, operator);
  }
  const rests = [...mixture.rest.map((one) => term(geometry, dims, one, undefined, node.name))];
  for (const one of [...(biases?.rest ?? []), ...(constant === null ? [] : [constant])]) {
    rests.push(term(geometry, dims, undefined, one, node.name));
  }
  const rest: Operator | null =
    rests.length < 2
      ? (rests[0] ?? null)
      : { kind: 'sum', geometry, terms: rests.map((of) => ({ coefficient: 1, of })) };
  const spatial = (dimsOf(analysis, node.outputs[0] ?? '') ?? []).slice(2);
  return { kind: 'mixed', terms, rest, layout: { kind: 'rows', spatial } };
}

function term(
  geometry: Geometry,
  dims: readonly number[],
  kernel: Stretch | undefined,
  bias: Stretch | undefined,
  node: string,
): Operator {
  const biasName = bias === undefined ? null : sliceName({ ...bias, dims: [geometry.outChannels] });
  if (kernel !== undefined) return { ...conv(geometry, sliceName({ ...kernel, dims }), biasName), node };
  const shift = biasName === null ? null : ({ kind: 'tensor', name: biasName } as const);
  return { ...affine(zero(geometry), null, shift), node };
}

/** A constant bias of the folded Conv, the same for every sample. */
function sharedBias(analysis: Analysis, bias: string, channels: number, batch: number): Stretch | null {
  if (!isConstant(analysis, bias)) return null;
  const values = constantNumbers(analysis, bias);
  if (values?.length !== channels * batch) return null;
  const same = values.every((value, place) => value === values[place % channels]);
  return same ? { tensor: bias, start: 0, step: 1 } : null;
}
