import { valuesRead, type GraphIndex } from './graphIndex';

/**
 * Dominators of the values of a graph: d dominates v when every path from the graph's inputs to v goes through d.
 * Each value that is not constant is a vertex; its parents are the non-constant values that its node reads.
 */
export interface DominatorTree {
  /** The nearest value that dominates `value`; null where that is the virtual root above all graph inputs. */
  idom(value: string): string | null;
  /** The nearest value that dominates all of `values` (itself, for one); constants are passed over; null for the root. */
  nearestCommonDominator(values: readonly string[]): string | null;
  /** Dominators above a value, the root included: 1 for a graph input, 0 for a value outside the tree. */
  depth(value: string): number;
}

interface Vertex {
  /** null: the virtual root. */
  readonly value: string | null;
  readonly depth: number;
  readonly parent: Vertex | null;
  /** Some ancestor further up, so placed that any ancestor is reached in O(log depth) steps. */
  readonly jump: Vertex | null;
}

/**
 * In topological order the dominators of all parents are final, so one pass finds each vertex's parent as the nearest
 * common ancestor of the parents of its value. Jump pointers keep that logarithmic on deep graphs.
 */
export function dominatorTree(index: GraphIndex, isConstant: (value: string) => boolean): DominatorTree {
  const root: Vertex = { value: null, depth: 0, parent: null, jump: null };
  const vertices = new Map<string, Vertex>();
  for (const input of index.graph.inputs) {
    if (!isConstant(input.name)) vertices.set(input.name, below(root, input.name));
  }
  for (const name of index.graph.initializers.keys()) {
    // an initializer that a caller may override is as free as an input, listed as one or not
    if (!isConstant(name) && !vertices.has(name)) vertices.set(name, below(root, name));
  }
  for (const node of index.order) {
    const parent = commonVertex(valuesRead(node), vertices) ?? root;
    for (const output of node.outputs) {
      if (output !== '' && !isConstant(output)) vertices.set(output, below(parent, output));
    }
  }
  return {
    idom: (value) => vertices.get(value)?.parent?.value ?? null,
    nearestCommonDominator: (values) => commonVertex(values, vertices)?.value ?? null,
    depth: (value) => vertices.get(value)?.depth ?? 0,
  };
}

function below(parent: Vertex, value: string): Vertex {
  const middle = parent.jump;
  const far = middle?.jump ?? null;
  const even = middle !== null && far !== null && parent.depth - middle.depth === middle.depth - far.depth;
  return { value, depth: parent.depth + 1, parent, jump: even ? far : parent };
}

function commonVertex(values: readonly string[], vertices: ReadonlyMap<string, Vertex>): Vertex | null {
  let common: Vertex | null = null;
  for (const value of values) {
    const vertex = vertices.get(value);
    if (vertex !== undefined) common = common === null ? vertex : nearestCommonAncestor(common, vertex);
  }
  return common;
}

function nearestCommonAncestor(a: Vertex, b: Vertex): Vertex {
  let [low, high] = a.depth >= b.depth ? [a, b] : [b, a];
  while (low.depth > high.depth) {
    const next: Vertex | null = low.jump !== null && low.jump.depth >= high.depth ? low.jump : low.parent;
    if (next === null) return low;
    low = next;
  }
  // At equal depth the jumps of both end at equal depths too.
  while (low !== high) {
    const far = low.jump !== high.jump;
    const nextLow: Vertex | null = far ? low.jump : low.parent;
    const nextHigh: Vertex | null = far ? high.jump : high.parent;
    if (nextLow === null || nextHigh === null) return low;
    low = nextLow;
    high = nextHigh;
  }
  return low;
}
