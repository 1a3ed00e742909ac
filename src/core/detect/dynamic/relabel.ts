import { intAttribute, intsAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import { readElements } from '../../tensor/convert';
import { elementCount } from '../../tensor/tensor';
import { typeOf, variableInputs, type Analysis } from '../analysis';

const LAYOUT = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity']);

/** Whether a node only gives its first input another shape: every element stays where it is in row-major order. */
export function isRelabel(analysis: Analysis, node: Node): boolean {
  if (node.domain !== '') return false;
  if (LAYOUT.has(node.opType)) return true;
  if (node.opType === 'Cast') return dtypeOf(analysis, node.inputs[0]) === dtypeOf(analysis, node.outputs[0]);
  if (node.opType !== 'Transpose') return false;
  const dims = dimsOf(analysis, node.inputs[0] ?? '');
  return dims !== null && movesOnlyOnes(permutation(node, dims.length), dims);
}

/** Operators whose other inputs only say a shape, which may be computed from the sizes of the image. */
const SHAPED = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Expand', 'Slice', 'ReduceSum', 'Pad']);

/** The inputs that depend on the model's input and are more than a shape. */
export function dataInputs(analysis: Analysis, node: Node): readonly string[] {
  const variable = variableInputs(analysis, node);
  return SHAPED.has(node.opType) ? variable.filter((input) => input === node.inputs[0]) : variable;
}

/** The axes of a Transpose in their new order. */
export function permutation(node: Node, rank: number): readonly number[] {
  return intsAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

function movesOnlyOnes(perm: readonly number[], dims: readonly Dim[]): boolean {
  const moved = perm.filter((axis) => dims[axis] !== 1);
  return moved.every((axis, place) => place === 0 || (moved[place - 1] as number) < axis);
}

export function dimsOf(analysis: Analysis, value: string): readonly Dim[] | null {
  return typeOf(analysis, value)?.dims ?? null;
}

function dtypeOf(analysis: Analysis, value: string | undefined): string {
  return typeOf(analysis, value ?? '')?.dtype ?? 'unknown';
}

/** The product of sizes that are all numbers; null where one is not. */
export function knownProduct(dims: readonly Dim[]): number | null {
  return dims.reduce<number | null>(
    (product, dim) => (product === null || typeof dim !== 'number' ? null : product * dim),
    1,
  );
}

/** Two lists of sizes that are known to be the same, symbols by name. */
export function sameSizes(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim !== null && dim === b[axis]);
}

/** More elements than this are no list of axes or indices. */
const MAX_INTS = 4096;

/** Elements of a small constant; null where the value is none. */
export function constantNumbers(analysis: Analysis, value: string): readonly number[] | null {
  const tensor = analysis.facts.constants.get(value);
  if (tensor === undefined) return null;
  const count = elementCount(tensor.dims);
  return count > MAX_INTS ? null : Array.from(readElements(tensor.dtype, tensor.bytes(), 0, count));
}

/** A list that older opsets keep in an attribute and newer ones in an input; undefined where it is left out. */
export function listOf(
  analysis: Analysis,
  node: Node,
  attribute: string,
  input: number,
): readonly number[] | null | undefined {
  const listed = intsAttribute(node, attribute);
  if (listed !== null) return listed;
  const name = node.inputs[input] ?? '';
  return name === '' ? undefined : constantNumbers(analysis, name);
}

export function axisOf(node: Node, fallback: number, rank: number): number {
  const axis = intAttribute(node, 'axis', fallback);
  return axis < 0 ? axis + rank : axis;
}
