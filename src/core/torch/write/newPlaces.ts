import type { Graph, Node } from '../../ir/model';

/** Where calls of the program stand. */
export interface OldPlaces {
  /** Of each node of the program's own graph, by name. */
  readonly callOf: ReadonlyMap<string, number>;
  /** Of the call that made a value. */
  readonly madeAt: ReadonlyMap<string, number>;
}

/**
 * The call of the program behind which each new node is to be written; −1: before all. That is where the last call that it
 * replaces stood, so that calls of one module stay together and behind what ran before them; sooner where a call that is
 * kept reads it, and never before what it reads.
 * @param isKept whether a call that is kept makes the node. @param made the new nodes, in the graph's order.
 */
export function newPlaces(
  graph: Graph,
  made: readonly Node[],
  isKept: (node: Node) => boolean,
  old: OldPlaces,
): ReadonlyMap<Node, number> {
  const isNew = new Set(made);
  const latest = latestPlaces(graph, isNew, isKept, old);
  const places = new Map<Node, number>();
  const at = new Map<string, number>();
  for (const node of graph.nodes) {
    const kept = isKept(node) ? old.callOf.get(node.name) : undefined;
    if (kept !== undefined) for (const output of node.outputs) at.set(output, kept);
    if (!isNew.has(node)) continue;
    const reads = given(node.inputs).map((input) => at.get(input) ?? -1);
    const place = Math.max(-1, ...reads, Math.min(ownPlace(node, old), latest.get(node) ?? Infinity));
    places.set(node, place);
    for (const output of node.outputs) at.set(output, place);
  }
  return places;
}

/** The place before the first call that is kept and reads what the node makes, itself or through other new ones. */
function latestPlaces(
  { nodes }: Graph,
  isNew: ReadonlySet<Node>,
  isKept: (node: Node) => boolean,
  { callOf }: OldPlaces,
): ReadonlyMap<Node, number> {
  const latest = new Map<Node, number>();
  const ofValue = new Map<string, number>();
  for (const node of [...nodes].reverse()) {
    const kept = isKept(node) ? callOf.get(node.name) : undefined;
    const own = isNew.has(node)
      ? Math.min(...given(node.outputs).map((output) => ofValue.get(output) ?? Infinity))
      : (kept ?? Infinity) - 1;
    if (isNew.has(node)) latest.set(node, own);
    for (const input of given(node.inputs)) ofValue.set(input, Math.min(own, ofValue.get(input) ?? Infinity));
  }
  return latest;
}

/** Where the value was made; of a new value the last of the calls that it stands for. */
function ownPlace({ name, outputs, origin }: Node, { callOf, madeAt }: OldPlaces): number {
  const values = outputs.flatMap((output) => madeAt.get(output) ?? []);
  if (values.length > 0) return Math.max(...values);
  const merged = origin.kind === 'new' ? (origin.provenance['replens.merged'] ?? '').split('\n') : [name];
  return Math.max(-1, ...merged.flatMap((one) => callOf.get(one) ?? []));
}

/** Without those that are left out. */
const given = (values: readonly string[]): readonly string[] => values.filter((value) => value !== '');
