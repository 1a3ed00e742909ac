import type { Operator } from '../algebra/operator';
import type { Analysis } from '../detect/analysis';
import { isObstacle } from '../detect/obstacle';
import { collectRegion, interpret } from '../detect/region';
import type { Node } from '../ir/model';

/** What part of a graph computes, away from the border. */
export interface InnerOperator {
  readonly operator: Operator;
  /** Nodes whose border is not the operator's: there the part is no convolution. */
  readonly atBorder: readonly Node[];
}

/** A block has a handful of pads. */
const MAX_LENIENT = 32;

/** The operator between two values, borders passed over; null where the part is not affine or not shift-invariant. */
export function operatorBetween(analysis: Analysis, source: string, sink: string): InnerOperator | null {
  const region = collectRegion(analysis, source, sink);
  if (region === null) return null;
  const lenient = new Set<Node>();
  while (lenient.size <= MAX_LENIENT) {
    const interpretation = interpret(analysis, region, { skip: new Set(), lenient });
    const operator = interpretation.obstacle ?? interpretation.operatorAt(sink);
    if (!isObstacle(operator)) return { operator, atBorder: [...lenient] };
    const [node] = operator.nodes;
    const isBorder = operator.code === 'border-mismatch' || operator.code === 'padding-mode';
    if (node === undefined || !isBorder || lenient.has(node)) return null;
    lenient.add(node);
  }
  return null;
}
