import type { Attribute, Node } from '../../ir/model';
import { isNumeric, readElements } from '../../tensor/convert';
import { elementCount, type Tensor } from '../../tensor/tensor';
import { sameAttribute } from '../../verify/match/sameNode';
import { sameTensor } from '../../verify/match/sameTensor';
import type { Side } from '../../verify/side';
import type { CompareDetail } from './compareTypes';

/** Elements that a comparison may still read to say how far numbers lie apart. */
export interface Budget {
  elements: number;
}

interface Sides {
  readonly left: Side;
  readonly right: Side;
}

/** In what two nodes that stand for each other differ: attributes, sizes, numbers. What they read is not asked. */
export function nodeDetails(left: Node, right: Node, sides: Sides, budget: Budget): readonly CompareDetail[] {
  return [...attributeDetails(left, right), ...constantDetails(left, right, sides, budget)];
}

function attributeDetails(left: Node, right: Node): readonly CompareDetail[] {
  const names = [...new Set([...left.attributes.keys(), ...right.attributes.keys()])];
  return names.flatMap((name): readonly CompareDetail[] => {
    const [a, b] = [left.attributes.get(name), right.attributes.get(name)];
    // a name that is inside a subgraph in both stands for itself
    if (a !== undefined && b !== undefined && sameAttribute(a, b, (one, other) => one === other)) return [];
    return [{ what: 'attribute', node: left.name, name, left: attributeText(a), right: attributeText(b) }];
  });
}

/** Longer values are cut: they are for a look. */
const MOST_LETTERS = 60;

function attributeText(attribute: Attribute | undefined): string | null {
  switch (attribute?.kind) {
    case undefined:
      return null;
    case 'int':
    case 'float':
    case 'string':
    case 'reference':
      return shortened(String(attribute.value));
    case 'ints':
    case 'floats':
    case 'strings':
      return shortened(`[${attribute.value.join(', ')}]`);
    case 'tensor':
      return tensorText(attribute.value);
    default:
      return '…';
  }
}

function shortened(text: string): string {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS)}…`;
}

function constantDetails(left: Node, right: Node, sides: Sides, budget: Budget): readonly CompareDetail[] {
  const details: CompareDetail[] = [];
  const count = Math.max(left.inputs.length, right.inputs.length);
  for (let at = 0; at < count; at++) {
    const name = left.inputs[at] ?? '';
    const a = sides.left.facts.constants.get(name);
    const b = sides.right.facts.constants.get(right.inputs[at] ?? '');
    if (a === undefined && b === undefined) continue;
    const node = left.name;
    if (a === undefined || b === undefined) {
      // a constant of one is computed in the other: its tensor says nothing then
      const text = (tensor: Tensor | undefined): string | null =>
        tensor === undefined ? null : tensorText(tensor);
      details.push({ what: 'shape', node, name, left: text(a), right: text(b) });
    } else if (tensorText(a) !== tensorText(b)) {
      details.push({ what: 'shape', node, name, left: tensorText(a), right: tensorText(b) });
    } else if (!sameTensor(a, b)) {
      details.push({ what: 'weights', node, name, maxAbs: largestDifference(a, b, budget) });
    }
  }
  return details;
}

function tensorText({ dtype, dims }: Tensor): string {
  return dims.length === 0 ? dtype : `${dtype} ${dims.join('×')}`;
}

function largestDifference(a: Tensor, b: Tensor, budget: Budget): number | null {
  const count = elementCount(a.dims);
  if (!isNumeric(a.dtype) || count > budget.elements) return null;
  budget.elements -= count;
  const left = readElements(a.dtype, a.bytes(), 0, count);
  const right = readElements(b.dtype, b.bytes(), 0, count);
  let largest = 0;
  for (let at = 0; at < count; at++) {
    const difference = Math.abs((left[at] as number) - (right[at] as number));
    // not a number in one of them is further than anything
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
