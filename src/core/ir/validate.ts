import { raise } from '../result';
import { valuesRead } from './graphIndex';
import type { Graph, Node } from './model';

/**
 * Checks what every later stage relies on: one producer a value, no missing input, no cycle.
 * @throws ProblemError `bad-input` with a sentence that names the node. `outer` holds the names a subgraph may capture.
 */
export function validateGraph(graph: Graph, outer: ReadonlySet<string> = new Set()): void {
  const known = new Set<string>(outer);
  for (const input of graph.inputs) known.add(input.name);
  for (const name of graph.initializers.keys()) known.add(name);
  const producer = uniqueProducers(graph);
  for (const name of producer.keys()) known.add(name);
  for (const node of graph.nodes) checkInputs(node, known);
  for (const output of graph.outputs) {
    if (!known.has(output.name))
      raise('bad-input', `The graph's output "${output.name}" is not made by any node.`);
  }
  checkAcyclic(graph, producer);
}

function uniqueProducers(graph: Graph): Map<string, Node> {
  const producer = new Map<string, Node>();
  const inputs = new Set(graph.inputs.map((input) => input.name));
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      const other = producer.get(output);
      if (other !== undefined || inputs.has(output) || graph.initializers.has(output)) {
        const by = other === undefined ? 'an input or initializer' : `node "${other.name}"`;
        raise('bad-input', `Value "${output}" is made twice, by ${by} and by node "${node.name}".`);
      }
      producer.set(output, node);
    }
  }
  return producer;
}

function checkInputs(node: Node, known: ReadonlySet<string>): void {
  for (const value of valuesRead(node)) {
    if (!known.has(value)) {
      raise(
        'bad-input',
        `Node "${node.name}" (${node.opType}) reads "${value}", which nothing in the graph makes.`,
      );
    }
  }
}

/** Whether each node stands behind those it reads from, as the format demands; then there is no cycle. */
function isOrdered(graph: Graph, producer: ReadonlyMap<string, Node>): boolean {
  const done = new Set<Node>();
  for (const node of graph.nodes) {
    for (const value of valuesRead(node)) {
      const source = producer.get(value);
      if (source !== undefined && !done.has(source)) return false;
    }
    done.add(node);
  }
  return true;
}

/** Kahn's algorithm: what is left when no node is ready lies on or behind a cycle. */
function checkAcyclic(graph: Graph, producer: ReadonlyMap<string, Node>): void {
  if (isOrdered(graph, producer)) return;
  const missing = new Map<Node, number>();
  const readers = new Map<Node, Node[]>();
  for (const node of graph.nodes) {
    const sources = new Set<Node>();
    for (const value of valuesRead(node)) {
      const source = producer.get(value);
      if (source !== undefined) sources.add(source);
    }
    missing.set(node, sources.size);
    for (const source of sources) {
      // pushed, not copied: a value may have 50,000 readers
      const list = readers.get(source);
      if (list === undefined) readers.set(source, [node]);
      else list.push(node);
    }
  }
  const ready = graph.nodes.filter((node) => missing.get(node) === 0);
  let finished = 0;
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    finished += 1;
    for (const reader of readers.get(node) ?? []) {
      const left = (missing.get(reader) ?? 0) - 1;
      missing.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  if (finished === graph.nodes.length) return;
  const stuck = graph.nodes.find((node) => (missing.get(node) ?? 0) > 0);
  raise(
    'bad-input',
    `The graph has a cycle through node "${stuck?.name ?? ''}"; a model's graph must have none.`,
  );
}
