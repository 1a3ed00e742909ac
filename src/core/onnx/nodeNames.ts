import type { NodeProto } from './schema/onnx_pb';

/** Gives each node of a model a name of its own: the file's where it is unique, else one made from op type and position. */
export class NodeNames {
  private readonly reserved: ReadonlySet<string>;
  private readonly given = new Set<string>();
  /** Where to go on counting for a base: thousands of subgraphs may each begin with an unnamed Relu. */
  private readonly next = new Map<string, number>();

  /** `nodes`: all that will be named, so that no made name takes one that the file gives to a later node. */
  constructor(nodes: Iterable<NodeProto>) {
    const reserved = new Set<string>();
    for (const node of nodes) reserved.add(node.name);
    this.reserved = reserved;
  }

  /** `position`: the node's place in its graph. */
  take(node: NodeProto, position: number): string {
    let name = node.name;
    if (name === '' || this.given.has(name)) {
      const base = `${node.name === '' ? node.opType : node.name}_${position}`;
      name = base;
      let next = this.next.get(base) ?? 2;
      while (this.given.has(name) || this.reserved.has(name)) name = `${base}_${next++}`;
      this.next.set(base, next);
    }
    this.given.add(name);
    return name;
  }
}

/** The nodes of a list and those of all graphs within, in the order of the file. */
export function* nodesWithin(nodes: readonly NodeProto[]): Iterable<NodeProto> {
  for (const node of nodes) {
    yield node;
    for (const attribute of node.attribute) {
      if (attribute.g !== undefined) yield* nodesWithin(attribute.g.node);
      for (const graph of attribute.graphs) yield* nodesWithin(graph.node);
    }
  }
}
