import { channelsPerGroup, tapCount } from '../algebra/geometry/geometry';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import { kernelRows } from '../algebra/kernel/kernelRows';
import { evaluateVector } from '../algebra/kernel/vectorExpr';
import type { Analysis } from '../detect/analysis';
import { describeBranch, kernelWord } from '../detect/branchLabel';
import type { Path, Step } from '../detect/branchTree';
import type { Node } from '../ir/model';
import type { ChannelBars, FoldOp, KernelPicture, TapPlace } from './foldTypes';
import { shapeText } from './shapeText';

export interface OpContext {
  readonly analysis: Analysis;
  /** Nodes of the block by name. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** Taps of the merged kernel. */
  readonly grid: readonly number[];
  /** One output channel in so many is read. */
  readonly stride: number;
}

/** A branch's operators from the source on, those behind the join last. Reads their kernels. */
export function foldOps(context: OpContext, path: Path, place: TapPlace): readonly FoldOp[] {
  const { grid } = context;
  const op = (shared: boolean) => (step: Step) => foldOp(context, step, shared);
  const own = path.steps.flatMap(op(false));
  const weighs = own.some((one) => one.kind === 'kernel');
  return [...(weighs ? own : [identity(grid, place), ...own]), ...path.outer.flatMap(op(true))];
}

function foldOp({ analysis, nodes, stride }: OpContext, step: Step, shared: boolean): readonly FoldOp[] {
  const { expr } = step;
  if (step.kind === 'pass') return [];
  const output = nodes.get(expr.node ?? '')?.outputs[0];
  const base = {
    title: title(step),
    node: expr.node ?? null,
    shape: output === undefined ? '' : shapeText(analysis, output),
    shared,
    kernel: null,
    bars: null,
  };
  switch (step.kind) {
    case 'conv':
    case 'convTranspose':
    case 'linear':
    case 'averagePool':
      return [{ ...base, kind: 'kernel', kernel: ownKernel(expr, analysis, stride) }];
    case 'bn':
    case 'scale':
      return [{ ...base, kind: 'scale', bars: scaleBars(expr, analysis) }];
    default:
      return [{ ...base, kind: 'other' }];
  }
}

function title(step: Step): string {
  const word = kernelWord(step.expr.geometry);
  const sized = (name: string): string => (word === '' ? name : `${name} ${word}`);
  switch (step.kind) {
    case 'conv':
      return sized('Conv');
    case 'convTranspose':
      return sized('ConvT');
    case 'averagePool':
      return sized('AvgPool');
    case 'linear':
      return 'MatMul';
    case 'bn':
      return 'BN';
    default:
      return describeBranch({ steps: [step], coefficient: 1 }).label.replace(/^identity \+ /, '');
  }
}

/** 1 on the tap that an identity reads. */
function identity(grid: readonly number[], { at }: TapPlace): FoldOp {
  const taps = grid.reduce((product, count) => product * count, 1);
  const map = new Array<number>(taps).fill(0);
  map[grid.reduce((index, count, axis) => index * count + (at[axis] ?? 0), 0)] = 1;
  return {
    kind: 'identity',
    title: 'identity',
    node: null,
    shape: '',
    shared: false,
    kernel: { taps: grid, map },
    bars: null,
  };
}

function ownKernel(expr: KernelExpr, { read }: Analysis, stride: number): KernelPicture {
  const { geometry } = expr;
  const rows = kernelRows(expr, read);
  const taps = tapCount(geometry);
  const sums = new Float64Array(taps);
  const row = new Float64Array(rows.length);
  let counted = 0;
  for (let o = 0; o < geometry.outChannels; o += stride, counted++) {
    rows.fill(o, row);
    for (let at = 0; at < row.length; at++)
      sums[at % taps] = (sums[at % taps] as number) + Math.abs(row[at] as number);
  }
  const mean = counted * channelsPerGroup(geometry);
  return { taps: geometry.axes.map((axis) => axis.count), map: Array.from(sums, (sum) => sum / mean) };
}

const MOST_BARS = 24;

function scaleBars(expr: KernelExpr, { read }: Analysis): ChannelBars | null {
  if (expr.kind !== 'affine' || expr.scale === null) return null;
  const channels = expr.geometry.outChannels;
  const all = evaluateVector(expr.scale, channels, read);
  const bars = Math.min(MOST_BARS, channels);
  const values = new Array<number>(bars).fill(0);
  let [min, max] = [Infinity, -Infinity];
  all.forEach((value, channel) => {
    const bar = Math.floor((channel * bars) / channels);
    if (Math.abs(value) >= Math.abs(values[bar] ?? 0)) values[bar] = value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  });
  return { channels, min, max, values };
}
