import type { Node } from '../ir/model';
import { valuesRead } from '../ir/graphIndex';
import type { Analysis } from './analysis';
import type { Region } from './block';
import { obstacle, type Obstacle } from './obstacle';

/**
 * The one predicate that decides whether a region's nodes may be removed: nothing outside needs a value inside, the sink
 * excepted. Readers that die with the region (shape arithmetic whose result is a known constant) do not count.
 */
export function canRemove(analysis: Analysis, region: Region): { readonly dead: readonly Node[] } | Obstacle {
  const removed = new Set<Node>(region.nodes);
  const { consumers, outputs } = analysis.index;
  for (const node of region.nodes) {
    for (const value of node.outputs) {
      if (value === region.sink || value === '') continue;
      if (outputs.has(value)) {
        return obstacle(
          'extra-consumer',
          `"${value}" inside the block is also an output of the model, so "${node.name}" must stay.`,
          node,
        );
      }
      for (const reader of consumers.get(value) ?? []) {
        if (!removed.has(reader) && !diesWith(analysis, reader, removed)) {
          return obstacle(
            'extra-consumer',
            `"${value}" inside the block is also read by "${reader.name}" (${reader.opType}), so "${node.name}" must stay.`,
            node,
            reader,
          );
        }
      }
    }
  }
  return { dead: deadSources(analysis, removed, region) };
}

/** How many readers of readers are followed before a value counts as needed. */
const MAX_CHASE = 256;

/** Whether a reader's results are needed by nobody outside `removed`, directly or through others. */
function diesWith(analysis: Analysis, reader: Node, removed: ReadonlySet<Node>): boolean {
  const stack = [reader];
  const seen = new Set<Node>(stack);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const value of node.outputs) {
      if (analysis.index.outputs.has(value)) return false;
      for (const next of analysis.index.consumers.get(value) ?? []) {
        if (removed.has(next) || seen.has(next)) continue;
        if (seen.size > MAX_CHASE) return false;
        seen.add(next);
        stack.push(next);
      }
    }
  }
  return true;
}

/** Nodes outside the region that fed only it: constants, shape arithmetic. Those that feed others too stay. */
function deadSources(analysis: Analysis, removed: ReadonlySet<Node>, region: Region): readonly Node[] {
  const { producer, consumers, outputs } = analysis.index;
  const gone = new Set<Node>(removed);
  const dead: Node[] = [];
  const queue: Node[] = [...region.nodes];
  const isNeeded = (node: Node): boolean =>
    node.outputs.some(
      (value) => outputs.has(value) || (consumers.get(value) ?? []).some((reader) => !gone.has(reader)),
    );
  // readers of inner values that die with the region come first: their own sources may die with them
  for (const node of region.nodes) {
    for (const value of node.outputs) {
      if (value === region.sink) continue;
      for (const reader of consumers.get(value) ?? []) collectReaders(reader, consumers, gone, dead, queue);
    }
  }
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const value of valuesRead(node)) {
      const source = producer.get(value);
      if (source === undefined || gone.has(source) || value === region.source || isNeeded(source)) continue;
      gone.add(source);
      dead.push(source);
      queue.push(source);
    }
  }
  return dead;
}

function collectReaders(
  reader: Node,
  consumers: ReadonlyMap<string, readonly Node[]>,
  gone: Set<Node>,
  dead: Node[],
  queue: Node[],
): void {
  const stack = [reader];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (gone.has(node)) continue;
    gone.add(node);
    dead.push(node);
    queue.push(node);
    for (const value of node.outputs) stack.push(...(consumers.get(value) ?? []));
  }
}
