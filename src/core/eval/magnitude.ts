import type { Model, Node } from '../ir/model';
import { isFloat } from '../tensor/dtype';
import type { NdArray } from '../tensor/tensor';
import type { EvaluateOptions } from './evaluateGraph';
import { evaluateNode } from './evaluateNode';
import { magnitudeRules, notAffine } from './magnitudeRules';
import { modelRun, standardOpset, type Semantics } from './modelRun';
import { runGraph } from './runGraph';
import { absolute, exact, roundings, type Magnitude, type Tracked } from './tracked';

export interface MagnitudeOptions extends EvaluateOptions {
  /**
   * Lets products of two values through that both depend on the feeds (a dynamic convolution whose attention is
   * fed beside the image). The bound holds for them as well.
   */
  readonly multilinear?: boolean;
}

/**
 * Evaluates an affine (part of a) model on magnitudes: |x| for every feed, |W| and |b| for every constant, plus for
 * minus. For each requested output it gives what bounds the rounding error of a runtime that computes the nodes
 * one by one with unit roundoff u:
 *
 *     |computed − exact| ≤ γ(products + depth, u) · magnitude        (γ: `roundingBound`)
 *
 * Feeds count as exact. As in `evaluateGraph`, any inner value may be fed.
 * @throws ProblemError `unsupported` for a node that is not affine in the feeds; else as `evaluateGraph`.
 */
export function evaluateMagnitude(
  model: Model,
  feeds: ReadonlyMap<string, NdArray>,
  options: MagnitudeOptions = {},
): ReadonlyMap<string, Magnitude> {
  const opset = standardOpset(model);
  const semantics: Semantics<Tracked> = {
    evaluate: (node, inputs) => track(node, inputs, opset, options.multilinear ?? false),
    fromConstant: exact,
    numbersOf: (value) => value.constant,
    runLoop: (node) => notAffine(node, 'is a loop'),
  };
  const given = new Map<string, Tracked>();
  for (const [name, array] of options.overrides ?? []) given.set(name, exact(array));
  for (const [name, array] of feeds) given.set(name, { ...exact(array), constant: null });
  const outputs = options.outputs ?? model.graph.outputs.map((output) => output.name);
  return runGraph(
    model.graph,
    outputs,
    given,
    () => null,
    modelRun(model, semantics, options.signal, options.constants),
  );
}

/** Read their input's shape, which is known even where its elements aren't. */
const OF_SHAPE: ReadonlySet<string> = new Set(['Shape', 'Size']);

/** Make numbers without arithmetic. */
const EXACT: ReadonlySet<string> = new Set(['Constant', 'ConstantOfShape', 'EyeLike', 'OneHot', 'Range']);

/** Choose among numbers: exact where the numbers are. */
const EXACT_OF_EXACT: ReadonlySet<string> = new Set([
  'Abs',
  'Relu',
  'Max',
  'Min',
  'Clip',
  'Floor',
  'Ceil',
  'Sign',
]);

function track(
  node: Node,
  inputs: readonly (Tracked | null)[],
  opset: number,
  multilinear: boolean,
): readonly Tracked[] {
  const compute = (one: Node, arrays: readonly (NdArray | null)[]) => evaluateNode(one, arrays, { opset });
  if (OF_SHAPE.has(node.opType)) return compute(node, [inputs[0]?.magnitude ?? null]).map(exact);
  const known = inputs.every((value) => value === null || value.constant !== null);
  const numbers = known
    ? compute(
        node,
        inputs.map((value) => value?.constant ?? null),
      )
    : null;
  if (numbers !== null && isExact(node, inputs, numbers)) return numbers.map(exact);
  const rule = magnitudeRules.get(node.opType) ?? notAffine(node, 'is not affine');
  return rule({ node, inputs, compute, multilinear }).map((result, i) => ({
    ...result,
    magnitude: absolute(result.magnitude),
    constant: numbers?.[i] ?? null,
  }));
}

function isExact(node: Node, inputs: readonly (Tracked | null)[], numbers: readonly NdArray[]): boolean {
  if (EXACT.has(node.opType) || numbers.every((array) => !isFloat(array.dtype))) return true;
  return EXACT_OF_EXACT.has(node.opType) && inputs.every((value) => value === null || roundings(value) === 0);
}
