import { captures } from '../../ir/graphIndex';
import type { Attribute, Graph, Node } from '../../ir/model';
import { sameTensor } from './sameTensor';

/** Whether a value of the first model is known to be a value of the second one. */
export type SameValue = (original: string, fused: string) => boolean;

/** Operators whose two inputs may change places without changing a bit of the result. */
const COMMUTATIVE: ReadonlySet<string> = new Set(['Add', 'Mul', 'Max', 'Min', 'And', 'Or', 'Xor', 'Equal']);

/** Whether two nodes compute the same: operator, attributes, and inputs as `same` has them. Names don't matter. */
export function sameNode(a: Node, b: Node, same: SameValue): boolean {
  return (
    a.opType === b.opType &&
    a.domain === b.domain &&
    countUsed(a.outputs) <= b.outputs.length &&
    sameAttributes(a, b, same) &&
    sameInputs(a, b, same)
  );
}

function sameInputs(a: Node, b: Node, same: SameValue): boolean {
  const [left, right] = [trimmed(a.inputs), trimmed(b.inputs)];
  if (left.length !== right.length) return false;
  const both = (one: string, other: string): boolean =>
    one === '' || other === '' ? one === other : same(one, other);
  if (left.every((input, i) => both(input, right[i] ?? ''))) return true;
  if (left.length !== 2 || a.domain !== '' || !COMMUTATIVE.has(a.opType)) return false;
  return both(left[0] ?? '', right[1] ?? '') && both(left[1] ?? '', right[0] ?? '');
}

/** Without the optional ones left out at the end. */
function trimmed(inputs: readonly string[]): readonly string[] {
  let length = inputs.length;
  while (length > 0 && inputs[length - 1] === '') length -= 1;
  return inputs.slice(0, length);
}

function countUsed(outputs: readonly string[]): number {
  return trimmed(outputs).length;
}

function sameAttributes(a: Node, b: Node, same: SameValue): boolean {
  if (a.attributes.size !== b.attributes.size) return false;
  return [...a.attributes].every(([name, attribute]) => {
    const other = b.attributes.get(name);
    return other !== undefined && sameAttribute(attribute, other, same);
  });
}

/** @param same for what a subgraph captures from outside. */
export function sameAttribute(a: Attribute, b: Attribute, same: SameValue): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'int':
    case 'float':
      // an attribute of the other kind is another number even where it prints the same
      return b.kind === a.kind && Object.is(a.value, b.value);
    case 'string':
    case 'reference':
      return b.kind === a.kind && a.value === b.value;
    case 'ints':
    case 'floats':
    case 'strings':
      return b.kind === a.kind && sameList(a.value, b.value);
    case 'tensor':
      return b.kind === 'tensor' && sameTensor(a.value, b.value);
    case 'graph':
      return b.kind === 'graph' && sameGraph(a.value, b.value, same);
    case 'graphs':
      return (
        b.kind === 'graphs' &&
        a.value.length === b.value.length &&
        a.value.every((graph, i) => sameGraph(graph, b.value[i] as Graph, same))
      );
    case 'other':
      // what can't be read can't be known to be equal
      return false;
  }
}

function sameList(a: readonly (number | string)[], b: readonly (number | string)[]): boolean {
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}

/** A subgraph: node by node under the same inner names; what it captures from outside is compared by `same`. */
function sameGraph(a: Graph, b: Graph, same: SameValue): boolean {
  if (a === b) return [...captures(a)].every((value) => same(value, value));
  const outer = captures(a);
  const inner: SameValue = (one, other) => (outer.has(one) ? same(one, other) : one === other);
  const names = (values: readonly { readonly name: string }[]): readonly string[] =>
    values.map((value) => value.name);
  return (
    sameList(names(a.inputs), names(b.inputs)) &&
    a.outputs.length === b.outputs.length &&
    a.outputs.every((output, i) => inner(output.name, b.outputs[i]?.name ?? '')) &&
    a.initializers.size === b.initializers.size &&
    [...a.initializers].every(([name, tensor]) => {
      const other = b.initializers.get(name);
      return other !== undefined && sameTensor(tensor, other);
    }) &&
    a.nodes.length === b.nodes.length &&
    a.nodes.every((node, i) => {
      const other = b.nodes[i] as Node;
      return sameList(node.outputs, other.outputs) && sameNode(node, other, inner);
    })
  );
}
