import type { Model } from '../ir/model';
import type { NdArray } from '../tensor/tensor';
import { evaluateNode } from './evaluateNode';
import { runLoop } from './loop';
import { modelRun, standardOpset, type Semantics } from './modelRun';
import { plainOf, type KeptConstants } from './keptConstants';
import { runGraph } from './runGraph';

export interface EvaluateOptions {
  /** Names of any values of the graph; its outputs when left out. */
  readonly outputs?: readonly string[];
  /** Values for initializers, in place of the file's. */
  readonly overrides?: ReadonlyMap<string, NdArray>;
  readonly signal?: AbortSignal;
  /** Weights that evaluations before have read, to save reading them again; see `keptConstants`. */
  readonly constants?: KeptConstants;
}

/**
 * Evaluates a model in float64, and only what the requested outputs need.
 *
 * `feeds` gives the graph's inputs, and may give any inner value as well: what is fed is not computed, so a part of a
 * graph can be run by feeding its source and asking for its output.
 * @throws ProblemError `unsupported` for an operator that isn't known, `bad-input` for a missing feed or a broken
 *   graph, `cancelled` when the signal says so.
 */
export function evaluateGraph(
  model: Model,
  feeds: ReadonlyMap<string, NdArray>,
  options: EvaluateOptions = {},
): ReadonlyMap<string, NdArray> {
  const opset = standardOpset(model);
  const arrays: Semantics<NdArray> = {
    evaluate: (node, inputs) => evaluateNode(node, inputs, { opset }),
    fromConstant: (array) => array,
    numbersOf: (array) => array,
    runLoop,
  };
  const outputs = options.outputs ?? model.graph.outputs.map((output) => output.name);
  const given = new Map([...(options.overrides ?? []), ...feeds]);
  return runGraph(
    model.graph,
    outputs,
    given,
    () => null,
    modelRun(model, arrays, options.signal, plainOf(options.constants)),
  );
}
