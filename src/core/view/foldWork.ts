import { channelsPerGroup, tapCount } from '../algebra/geometry/geometry';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';

/** How much longer it takes to add taps that do not lie side by side in the merged row. */
const STREWN = 5;

/** Multiply-adds that one row of an expression takes, about. */
function rowWork(expr: KernelExpr): number {
  const { geometry } = expr;
  const weights = channelsPerGroup(geometry) * tapCount(geometry);
  switch (expr.kind) {
    case 'affine':
    case 'rows':
      return rowWork(expr.of);
    case 'sum':
      return expr.terms.reduce((total, { of }) => total + rowWork(of), 0);
    case 'compose': {
      const then = expr.then.geometry;
      const strewn = tapCount(geometry) > tapCount(expr.first.geometry) ? STREWN : 1;
      return rowWork(expr.then) + strewn * channelsPerGroup(then) * tapCount(then) * rowWork(expr.first);
    }
    case 'stack':
      return Math.max(0, ...expr.parts.map(rowWork));
    default:
      return weights;
  }
}

/** Less than half a second. */
const MOST_WORK = 2.5e8;

/** So that the rows of all branches take no longer than a person waits, one output channel in so many is read: 1 for all. */
export function rowStride(branches: readonly KernelExpr[], outChannels: number): number {
  const work = branches.reduce((total, branch) => total + rowWork(branch), 0) * outChannels;
  return Math.max(1, Math.ceil(work / MOST_WORK));
}
