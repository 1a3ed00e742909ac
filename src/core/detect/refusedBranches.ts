import type { Node } from '../ir/model';
import { type Analysis } from './analysis';
import type { Branch, Region } from './block';
import { isJoin } from './candidates';
import { operandsOf } from './piles';

/** Nested joins that share operands could have exponentially many. */
const MAX_BRANCHES = 64;

/** The branches of a region that has no operator: op types along each way from the join back to the source. */
export function refusedBranches(analysis: Analysis, region: Region): readonly Branch[] {
  const inside = new Set<Node>(region.nodes);
  const producer = (value: string): Node | null => {
    const node = value === region.source ? undefined : analysis.index.producer.get(value);
    return node !== undefined && inside.has(node) ? node : null;
  };
  const branches: Branch[] = [];
  const visit = (value: string, behind: readonly Node[]): void => {
    if (branches.length >= MAX_BRANCHES) return;
    const node = producer(value);
    if (node === null) {
      branches.push(branch(behind));
      return;
    }
    const inputs = operandsOf(analysis, node).filter(
      (input) => input === region.source || producer(input) !== null,
    );
    const isSplit = isJoin(analysis, node) && inputs.length > 1;
    for (const input of isSplit ? inputs : inputs.slice(0, 1))
      visit(input, isSplit ? behind : [node, ...behind]);
  };
  visit(region.sink, []);
  return branches;
}

function branch(nodes: readonly Node[]): Branch {
  return {
    label: nodes.length === 0 ? 'identity' : nodes.map((node) => node.opType).join(' → '),
    nodes: nodes.map((node) => node.name),
  };
}
