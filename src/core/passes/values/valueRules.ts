import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import { dtypeOf } from '../../onnx/dataTypes';
import { sliceIndices } from '../shapes/sliceDims';
import type { NodeView } from '../shapes/shapeRule';
import { productOf, unknownDims, vectorLength } from '../shapes/dims';
import { arithmeticRules } from './arithmetic';

/**
 * The elements of a node's first output, where they are sizes: how a shape that is computed in the graph
 * (Shape → Gather → Unsqueeze → Concat → Reshape) is known though part of it is a symbol. Vectors and scalars only.
 */
export type ValueRule = (view: NodeView) => readonly Dim[] | null;

const shape: ValueRule = (view) => {
  const dims = view.type(0)?.dims;
  if (!dims) return null;
  const [start, end] = [intAttribute(view.node, 'start', 0), intAttribute(view.node, 'end', dims.length)];
  const { first, count } = sliceIndices(dims.length, start, end, 1);
  return dims.slice(first, first + count);
};

const size: ValueRule = (view) => {
  const dims = view.type(0)?.dims;
  return !dims ? null : [productOf(dims)];
};

const same: ValueRule = (view) => view.ints(0);

const castToInt: ValueRule = (view) => {
  const dtype = dtypeOf(intAttribute(view.node, 'to', 0));
  return dtype === 'int64' || dtype === 'int32' ? view.ints(0) : null;
};

const gather: ValueRule = (view) => {
  const from = view.ints(0);
  const at = view.numbers(1);
  if (from === null || at === null || view.type(0)?.dims?.length !== 1) return null;
  return at.map((index) => from[index < 0 ? index + from.length : index] ?? null);
};

const slice: ValueRule = (view) => {
  const from = view.ints(0);
  if (from === null || view.type(0)?.dims?.length !== 1) return null;
  const given = (name: string, input: number, fallback: number): number | null => {
    const values = intsAttribute(view.node, name) ?? (view.has(input) ? view.numbers(input) : [fallback]);
    return values?.length === 1 ? (values[0] ?? null) : null;
  };
  const [start, end] = [given('starts', 1, 0), given('ends', 2, 0)];
  const [axis, step] = [given('axes', 3, 0), given('steps', 4, 1)];
  if (start === null || end === null || axis === null || step === null || step === 0) return null;
  const { first, count } = sliceIndices(from.length, start, end, step);
  return Array.from({ length: count }, (_, place) => from[first + place * step] ?? null);
};

const concat: ValueRule = (view) => {
  const joined: Dim[] = [];
  for (let input = 0; input < view.node.inputs.length; input++) {
    const length = vectorLength(view.type(input));
    const part = view.ints(input) ?? (length === null ? null : unknownDims(length));
    if (part === null || view.type(input)?.dims?.length !== 1) return null;
    joined.push(...part);
  }
  return joined;
};

const product: ValueRule = (view) => {
  const values = view.ints(0);
  return values === null || view.has(1) || intsAttribute(view.node, 'axes') !== null
    ? null
    : [productOf(values)];
};

const RULES: ReadonlyMap<string, ValueRule> = new Map(
  Object.entries({
    Shape: shape,
    Size: size,
    Identity: same,
    Reshape: same,
    Squeeze: same,
    Unsqueeze: same,
    Flatten: same,
    Cast: castToInt,
    Gather: gather,
    Slice: slice,
    Concat: concat,
    ReduceProd: product,
    ...arithmeticRules,
  }),
);

export function valueRuleOf(node: Node): ValueRule | null {
  return node.domain === '' || node.domain === 'ai.onnx' ? (RULES.get(node.opType) ?? null) : null;
}
