import type { Tensor } from '../tensor/tensor';
import type { Graph, Node } from './model';

/** Typed access to a node's attributes: the default where it is absent or of another kind. */

export function intAttribute(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' ? attribute.value : fallback;
}

export function floatAttribute(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'float' ? attribute.value : fallback;
}

export function stringAttribute(node: Node, name: string, fallback: string): string {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'string' ? attribute.value : fallback;
}

export function intsAttribute(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.value : null;
}

export function floatsAttribute(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'floats' ? attribute.value : null;
}

export function tensorAttribute(node: Node, name: string): Tensor | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'tensor' ? attribute.value : null;
}

/** All graphs a node carries (the branches of If, the body of Loop and Scan). */
export function subgraphs(node: Node): readonly Graph[] {
  let graphs: readonly Graph[] = NONE;
  // asked of every node of a large model again and again: no array for the many that carry none
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'graph') graphs = [...graphs, attribute.value];
    if (attribute.kind === 'graphs') graphs = [...graphs, ...attribute.value];
  }
  return graphs;
}

const NONE: readonly Graph[] = [];
