import { intAttribute, intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { tensorValues } from '../../tensor/convert';
import type { CallMaker } from './callMaker';
import { writeConv, writeConvTranspose } from './convolutionCalls';
import { padded, result, unwritable } from './makeCall';
import { writeGemm, writeMatMul } from './matrixCalls';
import { float, int, ints, sizes, tensor, tensors, type WrittenSize } from './rawCall';
import { fixed, fixedSize, over, plus, product, type RawMeta } from './rawSizes';
import { isSizes, numbersOf, sizesOf } from './sizeLists';

/** Calls of ATen for nodes of the IR: for those that a fusion makes, and for some that may be left of a call. */

type Rule = (node: Node, maker: CallMaker) => void;

/** @throws ProblemError `unsupported` for a node that no call stands for here. */
export function writeNode(node: Node, maker: CallMaker): void {
  // lists of sizes are arguments of the calls that read them
  if (node.outputs.every((output) => isSizes(output, maker))) return;
  const rule = node.domain === '' ? RULES[node.opType] : undefined;
  if (rule === undefined || node.outputs.length !== 1) unwritable(node);
  else rule(node, maker);
}

const unary =
  (target: string): Rule =>
  (node, maker) => {
    const x = maker.operand(node.inputs[0] ?? '');
    maker.call(result(node, target, [['self', tensor(x)]], () => maker.meta(x)));
  };

const binary =
  (target: string): Rule =>
  (node, maker) => {
    const [a, b] = [maker.operand(node.inputs[0] ?? ''), maker.operand(node.inputs[1] ?? '')];
    const args = [
      ['self', tensor(a)],
      ['other', tensor(b)],
    ] as const;
    maker.call(result(node, target, args, () => broadcast(maker.meta(a), maker.meta(b))));
  };

/** Where both say a number, the one that is not 1; a size that is open is taken before a 1. */
function broadcast(a: RawMeta, b: RawMeta): RawMeta {
  const rank = Math.max(a.sizes.length, b.sizes.length);
  const sizes = Array.from({ length: rank }, (_, axis) => {
    const one = a.sizes[axis - rank + a.sizes.length];
    const other = b.sizes[axis - rank + b.sizes.length];
    return (one === undefined || fixedSize(one) === 1 ? other : one) ?? one ?? fixed(1);
  });
  return { ...a, sizes };
}

function reshape(node: Node, maker: CallMaker): void {
  const x = maker.operand(node.inputs[0] ?? '');
  const before = maker.meta(x);
  const keeps = intAttribute(node, 'allowzero', 0) === 0;
  const asked = sizesOf(node.inputs[1] ?? '', node, maker).map((size, axis): WrittenSize => {
    if (size !== 0 || !keeps) return size;
    const own = fixedSize(before.sizes[axis]);
    return own ?? { name: maker.size(node, x, axis) };
  });
  const args = [
    ['self', tensor(x)],
    ['shape', sizes(asked)],
  ] as const;
  const target = 'reshape.default';
  maker.call(result(node, target, args, () => ({ ...before, sizes: reshaped(before, asked, maker) })));
}

function reshaped(before: RawMeta, asked: readonly WrittenSize[], maker: CallMaker): RawMeta['sizes'] {
  const own = asked.map((size) => (typeof size === 'number' ? fixed(size) : maker.sizeEntry(size.name)));
  const rest = own.filter((_, axis) => asked[axis] !== -1);
  return own.map((size, axis) => (asked[axis] === -1 ? over(product(before.sizes), product(rest)) : size));
}

function transpose(node: Node, maker: CallMaker): void {
  const x = maker.operand(node.inputs[0] ?? '');
  const { sizes: dims } = maker.meta(x);
  const perm = intsAttribute(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
  const args = [
    ['self', tensor(x)],
    ['dims', ints(perm)],
  ] as const;
  const turned = perm.map((axis) => dims[axis] ?? fixed(1));
  maker.call(result(node, 'permute.default', args, () => ({ ...maker.meta(x), sizes: turned })));
}

function concat(node: Node, maker: CallMaker): void {
  const parts = node.inputs.map((input) => maker.operand(input));
  const axis = intAttribute(node, 'axis', 0);
  const args = [
    ['tensors', tensors(parts)],
    ['dim', int(axis)],
  ] as const;
  maker.call(
    result(node, 'cat.default', args, () => {
      const metas = parts.map((part) => maker.meta(part));
      const [first] = metas as [RawMeta];
      const place = axis < 0 ? axis + first.sizes.length : axis;
      const total = metas.map(({ sizes: own }) => own[place] ?? fixed(1)).reduce(plus);
      return { ...first, sizes: first.sizes.map((size, at) => (at === place ? total : size)) };
    }),
  );
}

function pad(node: Node, maker: CallMaker): void {
  const [data = '', pads = '', value = '', axes = ''] = node.inputs;
  const around = numbersOf(pads, maker);
  if (stringAttribute(node, 'mode', 'constant') !== 'constant' || around === null || axes !== '')
    return unwritable(node);
  const constant = value === '' ? null : maker.graph.initializers.get(value);
  if (constant === undefined) return unwritable(node);
  const fill = constant === null ? 0 : (tensorValues(constant)[0] ?? 0);
  const rank = around.length / 2;
  const made = padded(node, maker.operand(data), around.slice(0, rank), around.slice(rank), maker);
  maker.call({ ...made, value: node.outputs[0] ?? '', args: [...made.args, ['value', float(fill)]] });
}

const RULES: Readonly<Record<string, Rule>> = {
  Conv: writeConv,
  ConvTranspose: writeConvTranspose,
  Gemm: writeGemm,
  MatMul: writeMatMul,
  Add: binary('add.Tensor'),
  Sub: binary('sub.Tensor'),
  Mul: binary('mul.Tensor'),
  Div: binary('div.Tensor'),
  Relu: unary('relu.default'),
  Sigmoid: unary('sigmoid.default'),
  Identity: unary('clone.default'),
  Neg: unary('neg.default'),
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Pad: pad,
};
