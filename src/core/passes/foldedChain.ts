import { evaluateNode } from '../eval/evaluateNode';
import type { Node } from '../ir/model';
import { raise } from '../result';
import { toNdArray } from '../tensor/convert';
import { elementCount, sameDims, type NdArray, type Tensor } from '../tensor/tensor';

/** What the evaluation of constants needs to know of them. */
export interface ChainSource {
  /** Every constant, folded or in the file. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The node that computes a folded constant; none for those whose tensor is at hand. */
  readonly makers: ReadonlyMap<string, Node>;
  opset(node: Node): number;
  /** An array kept from an earlier evaluation. */
  recall(value: string): NdArray | undefined;
  keep(value: string, array: NdArray): void;
}

/** Most elements that a constant may have to be computed: 128 MiB as float64. */
export const MAX_FOLDED_ELEMENTS = 2 ** 24;

/**
 * The elements of a constant, by evaluating all that leads to it in float64: nothing is rounded on the way.
 * Arrays in between are let go after their last use.
 * @param plan what `chainNodes` says, where it is known already.
 * @throws ProblemError as the evaluator does, and `bad-input` where the file's tensors are shorter than they say.
 */
export function evaluateChain(
  value: string,
  source: ChainSource,
  plan: readonly Node[] = chainNodes(value, source),
): NdArray {
  const uses = new Map<string, number>([[value, 1]]);
  for (const node of plan) for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  const arrays = new Map<string, NdArray>();
  for (const node of plan) {
    const inputs = node.inputs.map((input) =>
      input === '' ? null : (arrays.get(input) ?? arrayOf(input, source)),
    );
    const outputs = evaluateNode(node, inputs, { opset: source.opset(node) });
    node.outputs.forEach((output, place) => {
      const array = outputs[place];
      if (!uses.has(output) || array === undefined) return;
      checkPromise(node, output, array, source);
      arrays.set(output, array);
      source.keep(output, array);
    });
    for (const input of node.inputs) {
      const left = (uses.get(input) ?? 0) - 1;
      uses.set(input, left);
      if (left === 0) arrays.delete(input);
    }
  }
  return arrays.get(value) ?? arrayOf(value, source);
}

/** The nodes that must run to have `value`, each after those it needs; an explicit stack, since chains may be long. */
export function chainNodes(value: string, source: ChainSource): readonly Node[] {
  const maker = (name: string): Node | undefined =>
    source.recall(name) === undefined ? source.makers.get(name) : undefined;
  const done = new Set<Node>();
  const order: Node[] = [];
  const root = maker(value);
  const stack = root === undefined ? [] : [root];
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const height = stack.length;
    if (!done.has(node)) {
      for (const input of node.inputs) {
        const one = maker(input);
        if (one !== undefined && !done.has(one)) stack.push(one);
      }
    }
    if (stack.length > height) continue;
    stack.pop();
    if (!done.has(node)) order.push(node);
    done.add(node);
  }
  return order;
}

function arrayOf(value: string, source: ChainSource): NdArray {
  const kept = source.recall(value);
  if (kept !== undefined) return kept;
  const tensor = source.tensors.get(value);
  if (tensor === undefined) raise('failed', `The value "${value}" is not a constant.`);
  if (elementCount(tensor.dims) > MAX_FOLDED_ELEMENTS) {
    raise(
      'unsupported',
      `The constant "${value}" is too large to compute with (more than 16 million elements).`,
    );
  }
  try {
    return toNdArray(tensor);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return raise(
      'bad-input',
      `The constant "${value}" can't be read: ${error.message}; the file may be damaged.`,
    );
  }
}

/** Shapes were promised before anything was computed; the result must keep the promise. */
function checkPromise(node: Node, output: string, array: NdArray, source: ChainSource): void {
  const promised = source.tensors.get(output)?.dims;
  if (promised !== undefined && !sameDims(promised, array.dims)) {
    raise(
      'bad-input',
      `Node "${node.name}" (${node.opType}) gives [${array.dims.join(', ')}] where [${promised.join(', ')}] was expected.`,
    );
  }
}
