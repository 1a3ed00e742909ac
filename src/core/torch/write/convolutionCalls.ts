import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import type { CallMaker, Made } from './callMaker';
import { padded, result } from './makeCall';
import { flag, int, ints, none, tensor } from './rawCall';
import { fixed, fixedSize, over, plus, times, type RawMeta, type RawSize } from './rawSizes';

/** Convolutions. PyTorch pads both ends alike: what one end has more is a pad of its own before, or a crop behind. */

interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly outputPadding: readonly number[];
  readonly group: number;
}

function windowOf(node: Node, rank: number): Window {
  const list = (name: string, fallback: number, count = rank): readonly number[] =>
    intsAttribute(node, name) ?? new Array<number>(count).fill(fallback);
  const pads = list('pads', 0, 2 * rank);
  return {
    strides: list('strides', 1),
    dilations: list('dilations', 1),
    begins: pads.slice(0, rank),
    ends: pads.slice(rank),
    outputPadding: list('output_padding', 0),
    group: intAttribute(node, 'group', 1),
  };
}

interface Operands {
  readonly x: string;
  readonly weight: string;
  readonly bias: string | null;
}

function operandsOf({ inputs }: Node, maker: CallMaker): Operands {
  const [x = '', weight = '', bias = ''] = inputs;
  return {
    x: maker.operand(x),
    weight: maker.operand(weight),
    bias: bias === '' ? null : maker.operand(bias),
  };
}

export function writeConv(node: Node, maker: CallMaker): void {
  const operands = operandsOf(node, maker);
  const rank = maker.meta(operands.weight).sizes.length - 2;
  const window = windowOf(node, rank);
  const both = alike(window);
  const excess = (pads: readonly number[]): readonly number[] =>
    pads.map((pad, axis) => pad - (both[axis] ?? 0));
  const [before, behind] = [excess(window.begins), excess(window.ends)];
  const isEven = [...before, ...behind].every((pad) => pad === 0);
  const x = isEven ? operands.x : maker.call(padded(node, operands.x, before, behind, maker));
  const meta = (): RawMeta => convolved({ ...operands, x }, { ...window, begins: both, ends: both }, maker);
  const no = new Array<number>(rank).fill(0);
  const args = maker.convolution
    ? generalArgs({ ...operands, x }, window, both, { isTransposed: false, more: no })
    : [
        ...operandArgs({ ...operands, x }),
        ['stride', ints(window.strides)] as const,
        ['padding', ints(both)] as const,
        ['dilation', ints(window.dilations)] as const,
        ['groups', int(window.group)] as const,
      ];
  const target = maker.convolution ? 'convolution.default' : `conv${rank}d.default`;
  maker.call(result(node, target, args, meta));
}

export function writeConvTranspose(node: Node, maker: CallMaker): void {
  const operands = operandsOf(node, maker);
  const rank = maker.meta(operands.weight).sizes.length - 2;
  const window = windowOf(node, rank);
  const both = alike(window);
  const crop = (pads: readonly number[]): readonly number[] =>
    pads.map((pad, axis) => (both[axis] ?? 0) - pad);
  const [before, behind] = [crop(window.begins), crop(window.ends)];
  const isEven = [...before, ...behind].every((pad) => pad === 0);
  const more = window.outputPadding;
  const args = maker.convolution
    ? generalArgs(operands, window, both, { isTransposed: true, more })
    : [
        ...operandArgs(operands),
        ['stride', ints(window.strides)] as const,
        ['padding', ints(both)] as const,
        ['output_padding', ints(more)] as const,
        ['groups', int(window.group)] as const,
        ['dilation', ints(window.dilations)] as const,
      ];
  const own = rank === 1 ? 'conv_transpose1d.default' : `conv_transpose${rank}d.input`;
  const target = maker.convolution ? 'convolution.default' : own;
  const meta = (): RawMeta => spread(operands, { ...window, begins: both, ends: both }, maker);
  const made = result(node, target, args, meta);
  if (isEven) {
    maker.call(made);
    return;
  }
  const whole = maker.call({ ...made, value: null, hint: `${node.outputs[0] ?? ''}_whole` });
  maker.call({ ...padded(node, whole, before, behind, maker), value: node.outputs[0] ?? '' });
}

/** What both ends have. */
function alike({ begins, ends }: Window): readonly number[] {
  return begins.map((begin, axis) => Math.max(0, Math.min(begin, ends[axis] ?? 0)));
}

function operandArgs({ x, weight, bias }: Operands): Made['args'] {
  return [
    ['input', tensor(x)],
    ['weight', tensor(weight)],
    ['bias', bias === null ? none : tensor(bias)],
  ];
}

function generalArgs(
  operands: Operands,
  { strides, dilations, group }: Window,
  both: readonly number[],
  { isTransposed, more }: { readonly isTransposed: boolean; readonly more: readonly number[] },
): Made['args'] {
  return [
    ...operandArgs(operands),
    ['stride', ints(strides)],
    ['padding', ints(both)],
    ['dilation', ints(dilations)],
    ['transposed', flag(isTransposed)],
    ['output_padding', ints(more)],
    ['groups', int(group)],
  ];
}

/** (size + pads − dilation·(kernel − 1) − 1) / stride + 1, rounded down. */
function convolved({ x, weight }: Operands, window: Window, maker: CallMaker): RawMeta {
  const before = maker.meta(x);
  const [out = fixed(1), , ...kernel] = maker.meta(weight).sizes;
  const spatial = before.sizes.slice(2).map((size, axis): RawSize => {
    const reach = (window.dilations[axis] ?? 1) * ((fixedSize(kernel[axis]) ?? 1) - 1);
    const free = (window.begins[axis] ?? 0) + (window.ends[axis] ?? 0) - reach - 1;
    return plus(over(plus(size, fixed(free)), fixed(window.strides[axis] ?? 1)), fixed(1));
  });
  return { ...before, sizes: [before.sizes[0] ?? fixed(1), out, ...spatial] };
}

/** (size − 1)·stride − pads + dilation·(kernel − 1) + more + 1. */
function spread({ x, weight }: Operands, window: Window, maker: CallMaker): RawMeta {
  const before = maker.meta(x);
  const [, perGroup = fixed(1), ...kernel] = maker.meta(weight).sizes;
  const spatial = before.sizes.slice(2).map((size, axis): RawSize => {
    const stride = window.strides[axis] ?? 1;
    const reach = (window.dilations[axis] ?? 1) * ((fixedSize(kernel[axis]) ?? 1) - 1);
    const pads = (window.begins[axis] ?? 0) + (window.ends[axis] ?? 0);
    const more = window.outputPadding[axis] ?? 0;
    return plus(times(size, fixed(stride)), fixed(reach + more + 1 - stride - pads));
  });
  const out = times(perGroup, fixed(window.group));
  return { ...before, sizes: [before.sizes[0] ?? fixed(1), out, ...spatial] };
}
