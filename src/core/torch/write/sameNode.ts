import type { Attribute, Node } from '../../ir/model';
import type { Tensor } from '../../tensor/tensor';

/** Whether two nodes compute the same of inputs of the same names. */
export function sameNode(a: Node, b: Node): boolean {
  return sameOperator(a, b) && sameList(a.inputs, b.inputs) && sameList(a.outputs, b.outputs);
}

/** Whether two nodes are of one operator, with the same attributes. */
export function sameOperator(a: Node, b: Node): boolean {
  if (a.opType !== b.opType || a.domain !== b.domain || a.attributes.size !== b.attributes.size) return false;
  return [...a.attributes].every(([name, attribute]) => {
    const other = b.attributes.get(name);
    return other !== undefined && sameAttribute(attribute, other);
  });
}

function sameAttribute(a: Attribute, b: Attribute): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'tensor' && b.kind === 'tensor') return sameTensor(a.value, b.value);
  const [one, other] = [a.value, b.value];
  if (Array.isArray(one) && Array.isArray(other)) return sameList(one, other);
  return (one === null || typeof one !== 'object') && Object.is(one, other);
}

/** Those of attributes hold a few numbers. */
function sameTensor(a: Tensor, b: Tensor): boolean {
  return a.dtype === b.dtype && sameList(a.dims, b.dims) && sameList([...a.bytes()], [...b.bytes()]);
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, place) => Object.is(value, b[place]));
}
