import { evaluateNode } from '../../../src/core/eval/evaluateNode';
import { modelRun, standardOpset, type Semantics } from '../../../src/core/eval/modelRun';
import { roundingBound } from '../../../src/core/eval/rounding';
import { runGraph } from '../../../src/core/eval/runGraph';
import type { Model, Node } from '../../../src/core/ir/model';
import { toNdArray } from '../../../src/core/tensor/convert';
import { isFloat } from '../../../src/core/tensor/dtype';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { errorRules } from './errorRules';

/**
 * Running error analysis of a whole network: beside each value v, a bound on |computed − exact|, element by element, for
 * a runtime that computes the nodes one by one with unit roundoff u:
 *
 *     E(y) = L·E(x) + γ_k(u)·M(|v(x)| + E(x))
 *
 * with L the node's Lipschitz bound (|W| for a convolution) and M the node on magnitudes.
 */
export interface Erring {
  readonly value: NdArray;
  readonly error: NdArray;
  /** Terms that the sums before it had: an optimizer may move what follows into them. */
  readonly terms: number;
}

/** A node that has no such bound, like a rounding or a normalization by the input's own variance. */
export class NoBound extends Error {}

export interface ErrorOptions {
  /** Unit roundoff of every operation. */
  readonly u: number;
  /** Constants that stand for exact ones of which they are roundings: merged weights. */
  readonly rounded?: { readonly u: number; readonly smallest: number; readonly names: ReadonlySet<string> };
  /** Whether Sigmoid is computed to within some roundings: JavaScript's is, a runtime's may be an approximation. */
  readonly accurateSigmoid: boolean;
  readonly overrides?: ReadonlyMap<string, NdArray>;
}

export interface RuleContext {
  readonly node: Node;
  readonly inputs: readonly (Erring | null)[];
  readonly outputs: readonly NdArray[];
  readonly compute: (inputs: readonly (NdArray | null)[], node?: Node) => NdArray;
  readonly computeAll: (inputs: readonly (NdArray | null)[]) => readonly NdArray[];
  readonly gamma: (roundings: number) => number;
  readonly options: ErrorOptions;
}

/** All outputs of a model with their bounds. @throws NoBound */
export function runningError(
  model: Model,
  feeds: ReadonlyMap<string, NdArray>,
  options: ErrorOptions,
): ReadonlyMap<string, Erring> {
  const opset = standardOpset(model);
  const semantics: Semantics<Erring> = {
    evaluate: (node, inputs) => step(node, inputs, opset, options),
    fromConstant: exact,
    numbersOf: ({ value, error }) => (error.data.every((e) => e === 0) ? value : null),
    runLoop: () => {
      throw new NoBound('a loop');
    },
  };
  const given = new Map<string, Erring>();
  for (const name of options.rounded?.names ?? []) {
    const tensor = model.graph.initializers.get(name);
    if (tensor !== undefined) given.set(name, rounded(toNdArray(tensor), options));
  }
  for (const [name, array] of [...(options.overrides ?? []), ...feeds]) given.set(name, exact(array));
  const names = model.graph.outputs.map((output) => output.name);
  return runGraph(model.graph, names, given, () => null, modelRun(model, semantics, undefined));
}

export function exact(value: NdArray): Erring {
  return { value, error: withData(value, new Float64Array(value.data.length)), terms: 0 };
}

/** A constant rounded once: |w − ŵ| ≤ u·|w| ≤ γ₁(u)·|ŵ|, or half the smallest number. */
function rounded(value: NdArray, { rounded: how }: ErrorOptions): Erring {
  const error = value.data.map((w) => roundingBound(1, how!.u) * Math.abs(w) + how!.smallest);
  return { value, error: withData(value, error), terms: 0 };
}

export function withData({ dtype, dims }: NdArray, data: Float64Array): NdArray {
  return { dtype, dims, data };
}

function step(
  node: Node,
  inputs: readonly (Erring | null)[],
  opset: number,
  options: ErrorOptions,
): readonly Erring[] {
  const values = inputs.map((input) => input?.value ?? null);
  const outputs = evaluateNode(node, values, { opset });
  const isExact = inputs.every((input) => input === null || input.error.data.every((e) => e === 0));
  const isWhole = outputs.every(({ dtype }) => !isFloat(dtype));
  if (node.opType === 'Shape' || node.opType === 'Constant' || (isWhole && isExact))
    return outputs.map(exact);
  if (isWhole) throw new NoBound(`${node.opType} makes whole numbers`);
  const rule = errorRules.get(node.opType);
  if (rule === undefined) throw new NoBound(`${node.opType} has no rule`);
  const gamma = (roundings: number): number => roundingBound(roundings, options.u);
  const compute = (arrays: readonly (NdArray | null)[], own = node): NdArray =>
    evaluateNode(own, arrays, { opset })[0]!;
  const computeAll = (arrays: readonly (NdArray | null)[]): readonly NdArray[] =>
    evaluateNode(node, arrays, { opset });
  return rule({ node, inputs, outputs, compute, computeAll, gamma, options });
}
