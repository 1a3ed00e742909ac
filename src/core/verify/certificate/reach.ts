import { intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { toNdArray } from '../../tensor/convert';
import type { BlockPart } from '../block/blockRuns';
import { variableInputs } from '../side';

/** Which places of its source a result reads, on one axis: y[o] reads x[stride·o + low … stride·o + high]. */
export interface Reach {
  readonly stride: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How far a part of a graph reads, one value a spatial axis of [N, C, …spatial]: from windows and pads alone, never too
 * little. It says where an impulse has to stand so that every tap sees it; what it is worth is measured.
 */
export function reachOf(part: BlockPart, rank: number): readonly Reach[] {
  const still = Array.from({ length: rank }, (): Reach => ({ stride: 1, low: 0, high: 0 }));
  const { index } = part.side;
  const known = new Map<string, readonly Reach[]>([[part.source, still]]);
  for (const node of index.order) {
    const read = variableInputs(part.side, node).flatMap((input) => {
      const reach = known.get(input);
      return reach === undefined ? [] : [reach];
    });
    const [first] = read;
    if (first === undefined || node.outputs.includes(part.source)) continue;
    const joined = first.map((_, axis) => read.map((one) => one[axis] as Reach).reduce(hull));
    for (const output of node.outputs) {
      const reach = through(node, joined, part);
      known.set(output, reach);
      if (output === part.sink) return reach;
    }
  }
  return still;
}

function hull(a: Reach, b: Reach): Reach {
  return {
    stride: Math.max(a.stride, b.stride),
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  };
}

function through(node: Node, before: readonly Reach[], part: BlockPart): readonly Reach[] {
  switch (node.opType) {
    case 'Conv':
    case 'AveragePool':
    case 'MaxPool':
      return window(node, before, part);
    case 'ConvTranspose':
      return before.map(({ stride, low, high }, axis) => {
        const span = windowSize(node, part, axis);
        return { stride, low: low - span, high: high + span };
      });
    case 'Pad':
    case 'Slice':
      return shifted(node, before, part);
    default:
      return before;
  }
}

function window(node: Node, before: readonly Reach[], part: BlockPart): readonly Reach[] {
  const strides = intsAttribute(node, 'strides');
  const pads = intsAttribute(node, 'pads');
  const automatic = stringAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME');
  return before.map((reach, axis) => {
    const span = windowSize(node, part, axis) - 1;
    const pad = automatic ? span : (pads?.[axis] ?? 0);
    const low = reach.low - reach.stride * pad;
    // under SAME the begin pad is anything up to the span
    const high = reach.high + reach.stride * (automatic ? span : span - pad);
    return { stride: reach.stride * (strides?.[axis] ?? 1), low, high };
  });
}

/** Elements from the first tap to the last. */
function windowSize(node: Node, part: BlockPart, axis: number): number {
  const weight = part.side.facts.constants.get(node.inputs[1] ?? '');
  const kernel = intsAttribute(node, 'kernel_shape') ?? weight?.dims.slice(2) ?? [];
  const dilation = intsAttribute(node, 'dilations')?.[axis] ?? 1;
  return ((kernel[axis] ?? 1) - 1) * dilation + 1;
}

/** Pads and crops move what follows by at most their own size. */
function shifted(node: Node, before: readonly Reach[], part: BlockPart): readonly Reach[] {
  const most = (name: string): number => {
    const tensor = part.side.facts.constants.get(name);
    if (tensor === undefined) return 0;
    const sizes = [...toNdArray(tensor).data].map(Math.abs).filter((size) => size < MAX_SHIFT);
    return Math.max(0, ...sizes);
  };
  const attribute = intsAttribute(node, 'pads') ?? intsAttribute(node, 'starts') ?? [];
  const by = Math.max(0, ...attribute.map(Math.abs), ...node.inputs.slice(1, 2).map(most));
  return before.map(({ stride, low, high }) => ({
    stride,
    low: low - stride * by,
    high: high + stride * by,
  }));
}

/** Ends of a Slice that stand for "to the end" are no shift. */
const MAX_SHIFT = 64;
