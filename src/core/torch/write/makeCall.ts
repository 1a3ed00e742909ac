import type { Node } from '../../ir/model';
import { raise } from '../../result';
import type { CallMaker, Made } from './callMaker';
import { ints, tensor } from './rawCall';
import { fixed, plus, type RawMeta } from './rawSizes';

/** A call that makes the node's own value. */
export function result(node: Node, target: string, args: Made['args'], meta: () => RawMeta): Made {
  return { node, target: `torch.ops.aten.${target}`, args, value: node.outputs[0] ?? '', hint: '', meta };
}

/** A call that fills up, or where it is less than zero crops, the last axes. */
export function padded(
  node: Node,
  x: string,
  begins: readonly number[],
  ends: readonly number[],
  maker: CallMaker,
): Made {
  const pairs = begins.map((begin, axis) => [begin, ends[axis] ?? 0]).reverse();
  return {
    ...{ node, target: 'torch.ops.aten.constant_pad_nd.default', value: null, hint: `${x}_pad` },
    args: [
      ['self', tensor(x)],
      ['pad', ints(pairs.flat())],
    ],
    meta: () => {
      const before = maker.meta(x);
      const from = before.sizes.length - begins.length;
      const grown = before.sizes.map((size, axis) =>
        axis < from ? size : plus(size, fixed((begins[axis - from] ?? 0) + (ends[axis - from] ?? 0))),
      );
      return { ...before, sizes: grown };
    },
  };
}

export function unwritable({ opType, name }: Node): never {
  return raise(
    'unsupported',
    `The merged model can't be written as .pt2: what is left of a call needs ${opType} ("${name}"), for which no call is known; write it as .onnx.`,
  );
}
