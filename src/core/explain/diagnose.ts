import { biasVector } from '../algebra/kernel/bias';
import { pointAxis } from '../algebra/geometry/axis';
import type { Operator } from '../algebra/operator';
import type { TensorReader } from '../algebra/kernel/vectorExpr';
import type { Analysis } from '../detect/analysis';
import { paths } from '../detect/branchTree';
import { stringAttribute } from '../ir/attributes';
import { roundingBound } from '../eval/rounding';
import { unitRoundoff } from '../tensor/dtype';
import { nodesBetween } from '../verify/certificate/nodesBetween';
import { storedType } from '../verify/certificate/storedType';
import { unitInLastPlace } from '../verify/certificate/unitInLastPlace';
import { WEIGHT_ROUNDINGS } from '../verify/bounds';
import { composedProducts } from '../verify/block/composedProducts';
import type { BlockPart } from '../verify/block/blockRuns';
import type { Fault, FaultKind } from '../verify/report';
import { biasParts } from './biasParts';
import { branchRows } from './branches';
import { fitBias, type BiasFault } from './fitBias';
import { fitKernel } from './fitKernel';
import { energyOf, subtract, type KernelCase, type KernelFault } from './kernelCase';
import { absoluteReader, commonSample, sampleRows, type KernelSample } from './kernelSample';
import { operatorBetween } from './operators';

/** Both forms of one block. */
export interface Pair {
  readonly train: BlockPart;
  readonly deploy: BlockPart;
  readonly analyses: { readonly train: Analysis; readonly deploy: Analysis };
  /** What the float64 comparison found, in one sentence. */
  readonly found: string;
}

/**
 * The faults of a block whose two forms compute different functions, largest share first: the kernels on one lattice, then the
 * biases, then the border. A block whose forms are not both convolutions away from the border has the fault `topology`.
 */
export function diagnose(pair: Pair): readonly Fault[] {
  const { train, deploy, analyses } = pair;
  const nodes = nodesBetween(train).map((node) => node.name);
  const ours = operatorBetween(analyses.train, train.source, train.sink);
  const theirs = operatorBetween(analyses.deploy, deploy.source, deploy.sink);
  if (ours === null || theirs === null) return [{ kind: 'weights', message: pair.found, nodes, share: 1 }];
  const mismatch = geometryMismatch(ours.operator, theirs.operator);
  if (mismatch !== null) return [{ kind: mismatch.kind, message: mismatch.message, nodes, share: 1 }];
  const count = paths(ours.operator).length + 4;
  const sample = commonSample(ours.operator.geometry, theirs.operator.geometry, count);
  if (sample === null) return [{ kind: 'topology', message: pair.found, nodes, share: 1 }];
  const kernels = kernelCase(pair, ours.operator, theirs.operator, sample);
  const { faults } = fitKernel(kernels);
  const bias = biasFault(pair, ours.operator, theirs.operator, kernels, faults);
  const atBorder = borderFault(
    pair,
    [...ours.atBorder, ...theirs.atBorder].length > 0,
    faults.length === 0 && bias === null,
  );
  return shares(faults, bias, atBorder, kernels, nodes, pair.found);
}

function geometryMismatch(
  ours: Operator,
  theirs: Operator,
): { readonly kind: FaultKind; readonly message: string } | null {
  const [a, b] = [ours.geometry, theirs.geometry];
  if (a.inChannels !== b.inChannels || a.outChannels !== b.outChannels) {
    return {
      kind: 'topology',
      message: `The deploy form makes ${b.outChannels} channels from ${b.inChannels}, the train form ${a.outChannels} from ${a.inChannels}.`,
    };
  }
  const place = a.axes.findIndex((axis, i) => axis.stride !== b.axes[i]?.stride);
  if (place >= 0 || a.axes.length !== b.axes.length) {
    return {
      kind: 'topology',
      message: `The deploy form has stride ${b.axes.map((axis) => axis.stride).join('×')} where the train form has ${a.axes.map((axis) => axis.stride).join('×')}.`,
    };
  }
  const slack = a.axes.findIndex((axis, i) => axis.slack !== b.axes[i]?.slack && axis.stride === 1);
  if (slack >= 0) {
    return {
      kind: 'border',
      message: "The deploy form pads by other amounts: its result has another size than the train form's.",
    };
  }
  return null;
}

function kernelCase(
  { train, deploy: other, analyses }: Pair,
  ours: Operator,
  theirs: Operator,
  sample: KernelSample,
): KernelCase {
  const { read } = analyses.train;
  const magnitude = absoluteReader(read);
  const branches = branchRows(ours, sample, read);
  const sizes = branchRows(ours, sample, magnitude);
  const deploy = sampleRows(theirs, sample, analyses.deploy.read);
  const dtype = storedType([train, other], 'float32');
  const gamma = roundingBound(roundingsOf(train, branches.length), unitRoundoff(dtype));
  const tolerance = deploy.map((value, i) => {
    const size = sizes.reduce((sum, { rows }) => sum + Math.abs(rows[i] as number), 0);
    return gamma * size + unitInLastPlace(value, dtype) / 2 + 2 ** -45 * size;
  });
  return {
    sample,
    branches,
    train: sampleRows(ours, sample, read),
    deploy,
    tolerance,
    unit: unitRows(sample, read),
  };
}

function roundingsOf(train: BlockPart, branches: number): number {
  return WEIGHT_ROUNDINGS + branches + composedProducts(train.side, nodesBetween(train).slice().reverse());
}

/** y = x on the sample's lattice; null where it has no such tap or channels change. */
function unitRows(sample: KernelSample, read: TensorReader): Float64Array | null {
  const { geometry } = sample;
  const { inChannels, outChannels, axes, transposed } = geometry;
  const hasCentre = axes.every(
    (axis) => axis.first <= 0 && -axis.first % axis.step === 0 && -axis.first / axis.step < axis.count,
  );
  if (inChannels !== outChannels || transposed !== undefined || !hasCentre) return null;
  const unit: Operator = {
    kind: 'identity',
    geometry: {
      inChannels,
      outChannels,
      groups: inChannels,
      axes: axes.map((axis) => pointAxis(axis.stride)),
    },
  };
  return sampleRows(unit, sample, read);
}

function biasFault(
  { train, deploy: other, analyses }: Pair,
  ours: Operator,
  theirs: Operator,
  { sample, branches }: KernelCase,
  faults: readonly KernelFault[],
): BiasFault | null {
  const { read } = analyses.train;
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(sample.channels, (channel) => values[channel] as number);
  const picked = <T extends { readonly values: Float64Array }>(part: T): T => ({
    ...part,
    values: pick(part.values),
  });
  const dtype = storedType([train, other], 'float32');
  const gamma = roundingBound(roundingsOf(train, branches.length), unitRoundoff(dtype));
  const sizes = biasParts(ours, absoluteReader(read)).map(picked);
  const deploy = pick(biasVector(theirs, analyses.deploy.read));
  const tolerance = deploy.map((value, o) => {
    const size = sizes.reduce((sum, { values }) => sum + Math.abs(values[o] as number), 0);
    return gamma * size + unitInLastPlace(value, dtype) / 2 + 2 ** -45 * size;
  });
  return fitBias(
    {
      train: pick(biasVector(ours, read)),
      deploy,
      tolerance,
      parts: biasParts(ours, read).map(picked),
      branches: branches.map((branch) => ({ ...branch, bias: branch.bias.map(picked) })),
      channels: sample.channels,
    },
    faults,
  );
}

/** Right inside, wrong at the edge: what is left where kernel and bias agree, or where a form is no convolution at its border. */
function borderFault(
  pair: Pair,
  isLenient: boolean,
  allAgree: boolean,
): Omit<Fault, 'nodes' | 'share'> | null {
  if (!isLenient && !allAgree) return null;
  const modes = (part: BlockPart): readonly string[] =>
    nodesBetween(part)
      .filter((node) => node.opType === 'Pad')
      .map((node) => stringAttribute(node, 'mode', 'constant'))
      .filter((mode) => mode !== 'constant');
  const [ours = 'constant'] = modes(pair.train);
  const [theirs = 'constant'] = modes(pair.deploy);
  if (ours !== theirs) {
    const word = (mode: string): string => (mode === 'constant' ? 'zeros' : `"${mode}"`);
    return {
      kind: 'padding-mode',
      message: `The train form pads with ${word(ours)}, the deploy form with ${word(theirs)}: padding_mode was not handed on.`,
    };
  }
  if (!allAgree && !isLenient) return null;
  return {
    kind: 'border',
    message:
      'Kernel and bias are right inside the image but not at its edge: a bias between two convolutions was padded with zeros there.',
  };
}

function shares(
  faults: readonly KernelFault[],
  bias: BiasFault | null,
  border: Omit<Fault, 'nodes' | 'share'> | null,
  kernels: KernelCase,
  nodes: readonly string[],
  found: string,
): readonly Fault[] {
  const total = energyOf(subtract(kernels.deploy, kernels.train)) + (bias?.energy ?? 0);
  const share = (energy: number): number => (total === 0 ? 1 : Math.min(1, Math.max(0, energy / total)));
  const list: Fault[] = faults.map(({ kind, message, nodes: own, energy }) => ({
    kind,
    message,
    nodes: own.length === 0 ? nodes : own,
    share: share(energy),
  }));
  if (bias !== null)
    list.push({
      kind: 'bias',
      message: bias.message,
      nodes: bias.nodes.length === 0 ? nodes : bias.nodes,
      share: share(bias.energy),
    });
  if (border !== null) list.push({ ...border, nodes, share: list.length === 0 ? 1 : 0 });
  if (list.length === 0) list.push({ kind: 'weights', message: found, nodes, share: 1 });
  return list.sort((a, b) => b.share - a.share);
}
