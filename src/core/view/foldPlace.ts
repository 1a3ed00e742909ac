import type { Geometry } from '../algebra/geometry/geometry';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import type { TapPlace } from './foldTypes';
import { ownAxes } from './ownAxes';

/** Where a branch's own taps lie on the lattice of `grid`, which holds them. */
export function foldPlace(kernel: KernelExpr, grid: Geometry): TapPlace {
  const axes = ownAxes(kernel) ?? grid.axes;
  const at: number[] = [];
  const step: number[] = [];
  axes.forEach((axis, place) => {
    const lattice = grid.axes[place] ?? axis;
    at.push((axis.first - lattice.first) / lattice.step);
    step.push(axis.count > 1 ? axis.step / lattice.step : 1);
  });
  return { at, step, count: axes.map((axis) => axis.count) };
}
