import { composeAxis, hullAxis, type Axis } from '../algebra/geometry/axis';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';

/**
 * The taps that a branch really has. Its kernel expression is wrapped in the sums it stands in, whose geometry is the hull
 * of all branches. null for an empty sum.
 */
export function ownAxes(expr: KernelExpr): readonly Axis[] | null {
  switch (expr.kind) {
    case 'affine':
    case 'rows':
      return ownAxes(expr.of);
    case 'sum':
      return hull(expr.terms.map((term) => term.of));
    case 'stack':
      return hull(expr.parts);
    case 'compose': {
      const first = ownAxes(expr.first);
      const then = ownAxes(expr.then);
      return first && then && first.map((axis, place) => composeAxis(axis, then[place] as Axis));
    }
    default:
      return expr.geometry.axes;
  }
}

function hull(parts: readonly KernelExpr[]): readonly Axis[] | null {
  const all = parts.map(ownAxes).filter((axes) => axes !== null);
  const [head] = all;
  return head === undefined ? null : head.map((_, place) => hullAxis(all.map((axes) => axes[place] as Axis)));
}
