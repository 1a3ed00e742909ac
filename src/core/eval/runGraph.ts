import { indexGraph, valuesRead, type GraphIndex } from '../ir/graphIndex';
import type { Graph, Node } from '../ir/model';
import { raise } from '../result';
import { toNdArray } from '../tensor/convert';
import type { NdArray, Tensor } from '../tensor/tensor';

/** A value by name, or null where there is none. */
export type Lookup<T> = (name: string) => T | null;

/** What a value is while a graph runs: an array, or an array with what an analysis keeps beside it. */
export interface GraphRun<T> {
  /** Computes one node's outputs, in its order. */
  readonly runNode: (node: Node, get: Lookup<T>) => readonly T[];
  /** Makes a value of an initializer. */
  readonly fromConstant: (array: NdArray) => T;
  readonly signal: AbortSignal | undefined;
  /** Initializers that were read by runs before; read anew by each run when left out. */
  readonly kept?: { readonly arrays: Map<Tensor, NdArray>; readonly values: Map<Tensor, T> } | undefined;
}

/**
 * Runs the nodes that `wanted` needs. Values in `given` are not computed, whatever makes them in the graph;
 * names that the graph does not know are looked up in `outer`. Every value is dropped after its last use.
 * @throws ProblemError `bad-input` when a wanted or needed value is not there, `cancelled` when told to stop.
 */
export function runGraph<T>(
  graph: Graph,
  wanted: readonly string[],
  given: ReadonlyMap<string, T>,
  outer: Lookup<T>,
  run: GraphRun<T>,
): ReadonlyMap<string, T> {
  const index = indexOf(graph);
  const needed = neededNodes(index, wanted, given);
  const uses = countUses(needed, wanted);
  const values = new Map<string, T>();
  const get: Lookup<T> = (name) => {
    const known = given.get(name) ?? values.get(name);
    if (known !== undefined) return known;
    const tensor = graph.initializers.get(name);
    if (tensor === undefined) return outer(name);
    const constant = run.kept?.values.get(tensor) ?? run.fromConstant(arrayOf(tensor, run));
    run.kept?.values.set(tensor, constant);
    values.set(name, constant);
    return constant;
  };
  const place = (node: Node): number => index.position.get(node) ?? 0;
  for (const node of [...needed].sort((a, b) => place(a) - place(b))) {
    if (run.signal?.aborted === true) raise('cancelled', 'The evaluation was cancelled.');
    const results = run.runNode(node, get);
    node.outputs.forEach((name, i) => {
      const result = results[i];
      if (uses.has(name) && result !== undefined) values.set(name, result);
    });
    for (const name of valuesRead(node)) {
      const left = (uses.get(name) ?? 0) - 1;
      uses.set(name, left);
      if (left === 0) values.delete(name);
    }
  }
  return new Map(
    wanted.map((name) => [name, get(name) ?? raise('bad-input', `The graph makes no value "${name}".`)]),
  );
}

function arrayOf<T>(tensor: Tensor, { kept }: GraphRun<T>): NdArray {
  const array = kept?.arrays.get(tensor) ?? toNdArray(tensor);
  kept?.arrays.set(tensor, array);
  return array;
}

/** A part of a graph of thousands of nodes is run many times. */
function indexOf(graph: Graph): GraphIndex {
  const index = indexes.get(graph) ?? indexGraph(graph);
  indexes.set(graph, index);
  return index;
}

const indexes = new WeakMap<Graph, GraphIndex>();

/** The node's inputs, null for those left out. @throws ProblemError `bad-input` for one that nothing gives. */
export function inputsOf<T>(node: Node, get: Lookup<T>): readonly (T | null)[] {
  return node.inputs.map((name) => (name === '' ? null : needed(node, name, get)));
}

function needed<T>(node: Node, name: string, get: Lookup<T>): T {
  const value = get(name);
  if (value !== null) return value;
  return raise(
    'bad-input',
    `Node "${node.name}" (${node.opType}) needs "${name}", for which no value was given.`,
  );
}

function neededNodes(
  index: GraphIndex,
  wanted: readonly string[],
  given: ReadonlyMap<string, unknown>,
): ReadonlySet<Node> {
  const needed = new Set<Node>();
  const open = [...wanted];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = given.has(name) ? undefined : index.producer.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    open.push(...valuesRead(node));
  }
  return needed;
}

/** How many needed nodes read each value; a wanted one is held to the end. */
function countUses(needed: ReadonlySet<Node>, wanted: readonly string[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const node of needed) {
    for (const name of valuesRead(node)) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  for (const name of wanted) uses.set(name, Infinity);
  return uses;
}
