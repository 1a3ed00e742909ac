import { subgraphs } from './attributes';
import type { Graph, Node } from './model';

/** Hands out names that nothing in a graph has, subgraphs included, and never the same one twice. */
export interface NameAuthority {
  /** A name for a value or an initializer: `hint` itself where it is free, else `hint_1`, `hint_2` … */
  value(hint: string): string;
  /** A name for a node, in the same manner; nodes and values have separate names. */
  node(hint: string): string;
}

/** Reads all names of `graph` once. */
export function nameAuthority(graph: Graph): NameAuthority {
  const values = new Set<string>();
  const nodes = new Set<string>();
  const waiting: Graph[] = [graph];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const input of next.inputs) values.add(input.name);
    for (const output of next.outputs) values.add(output.name);
    for (const name of next.initializers.keys()) values.add(name);
    for (const node of next.nodes) {
      addNode(node, values, nodes);
      waiting.push(...subgraphs(node));
    }
  }
  return { value: issuer(values), node: issuer(nodes) };
}

function addNode(node: Node, values: Set<string>, nodes: Set<string>): void {
  nodes.add(node.name);
  for (const name of node.inputs) values.add(name);
  for (const name of node.outputs) values.add(name);
}

function issuer(taken: Set<string>): (hint: string) => string {
  // Remembers where the count of each hint stands: many names from one hint stay linear.
  const counts = new Map<string, number>();
  return (hint) => {
    let name = hint === '' ? 'unnamed' : hint;
    const base = name;
    while (taken.has(name)) {
      const count = (counts.get(base) ?? 0) + 1;
      counts.set(base, count);
      name = `${base}_${count}`;
    }
    taken.add(name);
    return name;
  };
}
