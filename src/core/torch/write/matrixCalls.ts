import { floatAttribute, intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import type { CallMaker } from './callMaker';
import { result, unwritable } from './makeCall';
import { none, tensor } from './rawCall';
import { fixed, fixedSize, type RawMeta, type RawSize } from './rawSizes';

/** Products of matrices. */

/** x · W + b, with W as it lies in an ONNX file or as PyTorch has it. */
export function writeGemm(node: Node, maker: CallMaker): void {
  const [a = '', b = '', c = ''] = node.inputs;
  const factors = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
  const isTurned = intAttribute(node, 'transB', 0) !== 0;
  if (factors.some((factor) => factor !== 1) || intAttribute(node, 'transA', 0) !== 0)
    return unwritable(node);
  const [x, weight] = [maker.operand(a), maker.operand(b)];
  const bias = c === '' ? null : maker.operand(c);
  const meta = (): RawMeta => {
    const [before, matrix] = [maker.meta(x), maker.meta(weight).sizes];
    const columns = isTurned ? matrix[0] : matrix[1];
    return { ...before, sizes: [before.sizes[0] ?? fixed(1), columns ?? fixed(1)] };
  };
  if (isTurned) {
    const last = ['bias', bias === null ? none : tensor(bias)] as const;
    const args = [['input', tensor(x)], ['weight', tensor(weight)], last] as const;
    maker.call(result(node, 'linear.default', args, meta));
    return;
  }
  if (bias === null) {
    const args = [['self', tensor(x)], ['mat2', tensor(weight)]] as const; // prettier-ignore
    maker.call(result(node, 'mm.default', args, meta));
    return;
  }
  const args = [['self', tensor(bias)], ['mat1', tensor(x)], ['mat2', tensor(weight)]] as const; // prettier-ignore
  maker.call(result(node, 'addmm.default', args, meta));
}

export function writeMatMul(node: Node, maker: CallMaker): void {
  const [a, b] = [maker.operand(node.inputs[0] ?? ''), maker.operand(node.inputs[1] ?? '')];
  const args = [['self', tensor(a)], ['other', tensor(b)]] as const; // prettier-ignore
  maker.call(result(node, 'matmul.default', args, () => multiplied(maker.meta(a), maker.meta(b))));
}

/** The axes before the last two are broadcast. */
function multiplied(a: RawMeta, b: RawMeta): RawMeta {
  if (a.sizes.length < 2 || b.sizes.length < 2) return { ...a, sizes: narrow(a, b) };
  const [left, right] = [a.sizes.slice(0, -2), b.sizes.slice(0, -2)];
  const rank = Math.max(left.length, right.length);
  const batch = Array.from({ length: rank }, (_, axis): RawSize => {
    const one = left[axis - rank + left.length];
    const other = right[axis - rank + right.length];
    return (one === undefined || fixedSize(one) === 1 ? other : one) ?? one ?? fixed(1);
  });
  return { ...a, sizes: [...batch, a.sizes.at(-2) ?? fixed(1), b.sizes.at(-1) ?? fixed(1)] };
}

/** A vector has no axis for its side. */
function narrow(a: RawMeta, b: RawMeta): readonly RawSize[] {
  const rows = a.sizes.slice(0, -1);
  return b.sizes.length < 2 ? rows : [...rows, ...b.sizes.slice(0, -2), b.sizes.at(-1) ?? fixed(1)];
}
