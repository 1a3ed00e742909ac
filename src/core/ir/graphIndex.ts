import { subgraphs } from './attributes';
import type { Graph, Node } from './model';

/** Who makes and who uses each value of a graph. */
export interface GraphIndex {
  readonly graph: Graph;
  /** Nodes in an order where each comes after those it reads from. */
  readonly order: readonly Node[];
  /** Place of each node in `order`. */
  readonly position: ReadonlyMap<Node, number>;
  /** The node that makes a value; none for inputs and initializers. */
  readonly producer: ReadonlyMap<string, Node>;
  /** The nodes that read a value, one entry a node, those with subgraphs that capture it included. */
  readonly consumers: ReadonlyMap<string, readonly Node[]>;
  readonly outputs: ReadonlySet<string>;
}

/** Indexes a graph that `validateGraph` has passed. */
export function indexGraph(graph: Graph): GraphIndex {
  const producer = producers(graph);
  const order = topologicalOrder(graph, producer);
  const consumers = new Map<string, Node[]>();
  for (const node of order) {
    for (const value of valuesRead(node)) {
      const readers = consumers.get(value);
      if (readers === undefined) consumers.set(value, [node]);
      else readers.push(node);
    }
  }
  return {
    graph,
    order,
    position: new Map(order.map((node, place) => [node, place])),
    producer,
    consumers,
    outputs: new Set(graph.outputs.map((output) => output.name)),
  };
}

/** Every value that a node reads, once each: its inputs, and what its subgraphs capture from outside. */
export function valuesRead(node: Node): readonly string[] {
  const graphs = subgraphs(node);
  // nearly every node: asked many times of each, so without a set of its own
  if (graphs.length === 0 && isPlainList(node.inputs)) return node.inputs;
  const values = new Set<string>();
  for (const input of node.inputs) if (input !== '') values.add(input);
  for (const graph of graphs) for (const value of captures(graph)) values.add(value);
  return [...values];
}

/** Whether a short list names every value once and leaves none out. */
function isPlainList(inputs: readonly string[]): boolean {
  if (inputs.length > MOST_COMPARED) return false;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i] as string;
    if (input === '' || inputs.indexOf(input) < i) return false;
  }
  return true;
}

/** Each with each; a Concat of thousands is left to a set. */
const MOST_COMPARED = 8;

/** Names that a subgraph reads but does not define. */
export function captures(graph: Graph): ReadonlySet<string> {
  const defined = new Set<string>(graph.initializers.keys());
  for (const input of graph.inputs) defined.add(input.name);
  for (const node of graph.nodes) for (const output of node.outputs) defined.add(output);
  const captured = new Set<string>();
  for (const node of graph.nodes) {
    for (const value of valuesRead(node)) if (!defined.has(value)) captured.add(value);
  }
  for (const output of graph.outputs) if (!defined.has(output.name)) captured.add(output.name);
  return captured;
}

function producers(graph: Graph): Map<string, Node> {
  const producer = new Map<string, Node>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== '') producer.set(output, node);
  }
  return producer;
}

/**
 * Depth-first order with an explicit stack (a 14,000-node chain would overflow a recursive one).
 * The file's own order is kept where it is one, which for valid ONNX is always.
 */
function topologicalOrder(graph: Graph, producer: ReadonlyMap<string, Node>): readonly Node[] {
  const done = new Set<Node>();
  const order: Node[] = [];
  const stack: Node[] = [];
  for (const root of graph.nodes) {
    if (!done.has(root) && unfinishedSources(root, producer, done).length === 0) {
      done.add(root);
      order.push(root);
      continue;
    }
    stack.push(root);
    while (stack.length > 0) {
      const node = stack[stack.length - 1] as Node;
      const waiting = done.has(node) ? [] : unfinishedSources(node, producer, done);
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      stack.pop();
      if (!done.has(node)) {
        done.add(node);
        order.push(node);
      }
    }
  }
  return order;
}

function unfinishedSources(node: Node, producer: ReadonlyMap<string, Node>, done: ReadonlySet<Node>): Node[] {
  const waiting: Node[] = [];
  for (const value of valuesRead(node)) {
    const source = producer.get(value);
    if (source !== undefined && !done.has(source)) waiting.push(source);
  }
  return waiting;
}
