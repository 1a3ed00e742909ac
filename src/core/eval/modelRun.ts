import type { Graph, Model, Node } from '../ir/model';
import { raise } from '../result';
import type { NdArray } from '../tensor/tensor';
import { boundBody, findFunction, functionTable } from './functionBody';
import { badInput, unsupported } from './kernel';
import { inputsOf, runGraph, type GraphRun, type Lookup } from './runGraph';

/** What a model is evaluated to: plain arrays, or arrays with an analysis beside them. */
export interface Semantics<T> {
  /** Computes an operator's outputs. */
  readonly evaluate: (node: Node, inputs: readonly (T | null)[]) => readonly T[];
  readonly fromConstant: (array: NdArray) => T;
  /** The numbers, where they are known; null where they depend on what is fed. */
  readonly numbersOf: (value: T) => NdArray | null;
  readonly runLoop: (node: Node, get: Lookup<T>, run: GraphRun<T>) => readonly T[];
}

/** Functions may call functions, but a file whose functions call each other in a circle must not hang us. */
const MAX_CALL_DEPTH = 64;

/** The version of the standard operator set that the model is written in. */
export function standardOpset(model: Model): number {
  return model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? 1;
}

/** How values go through a model's nodes: operators, branches, loops and calls of its functions. */
export function modelRun<T>(
  model: Model,
  semantics: Semantics<T>,
  signal: AbortSignal | undefined,
  kept?: GraphRun<T>['kept'],
): GraphRun<T> {
  const functions = functionTable(model);
  let depth = 0;
  const runNode = (node: Node, get: Lookup<T>): readonly T[] => {
    const called = findFunction(functions, node);
    if (called === null) return runOperator(node, get);
    if (depth >= MAX_CALL_DEPTH) raise('bad-input', `Function "${node.opType}" calls itself without end.`);
    depth += 1;
    try {
      return callFunction(boundBody(called, node), called.inputs, inputsOf(node, get), run);
    } finally {
      depth -= 1;
    }
  };
  const runOperator = (node: Node, get: Lookup<T>): readonly T[] => {
    if (node.opType === 'If') return runIf(node, get, run, semantics);
    if (node.opType === 'Loop') return semantics.runLoop(node, get, run);
    return semantics.evaluate(node, inputsOf(node, get));
  };
  const run: GraphRun<T> = { runNode, fromConstant: semantics.fromConstant, signal, kept };
  return run;
}

/** A function sees nothing but its inputs. */
function callFunction<T>(
  body: Graph,
  names: readonly string[],
  inputs: readonly (T | null)[],
  run: GraphRun<T>,
): readonly T[] {
  const given = new Map<string, T>();
  inputs.forEach((value, i) => {
    if (value !== null) given.set(names[i] ?? '', value);
  });
  return allOutputs(body, given, () => null, run);
}

function runIf<T>(node: Node, get: Lookup<T>, run: GraphRun<T>, semantics: Semantics<T>): readonly T[] {
  const [condition = null] = inputsOf(node, get);
  const truth = condition === null ? badInput(node, 'has no condition') : semantics.numbersOf(condition);
  if (truth === null) unsupported(node, 'depends on its input');
  const graph = graphAttribute(node, truth.data[0] === 0 ? 'else_branch' : 'then_branch');
  return allOutputs(graph, new Map(), get, run);
}

/** Runs a graph and gives its outputs in order. */
export function allOutputs<T>(
  graph: Graph,
  given: ReadonlyMap<string, T>,
  outer: Lookup<T>,
  run: GraphRun<T>,
): readonly T[] {
  const names = graph.outputs.map((output) => output.name);
  const results = runGraph(graph, names, given, outer, run);
  return names.map((name) => results.get(name) as T);
}

export function graphAttribute(node: Node, name: string): Graph {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'graph' ? attribute.value : badInput(node, `has no ${name}`);
}
