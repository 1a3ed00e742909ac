import type { Point } from './layout';

/** How much of a straight stretch a bend may take, so that it turns calmly. */
const EASE = 26;

/** An SVG path through the points that leaves and enters each of them vertically: straight in a lane, calm between lanes. */
export function verticalCurve(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  let path = `M${start.x},${start.y}`;
  let from = start;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (isStraight(from, point)) {
      const to = next === undefined || isStraight(point, next) ? point : eased(from, point);
      path += `L${to.x},${to.y}`;
      from = to;
    } else {
      const after = next !== undefined && isStraight(point, next) ? eased(next, point) : point;
      const middle = (from.y + after.y) / 2;
      path += `C${from.x},${middle} ${after.x},${middle} ${after.x},${after.y}`;
      from = after;
    }
  });
  return path;
}

function isStraight(from: Point, to: Point): boolean {
  return Math.abs(from.x - to.x) < 0.5;
}

/** The end of a straight stretch, drawn back towards its start. */
function eased(from: Point, to: Point): Point {
  const length = to.y - from.y;
  return { x: to.x, y: to.y - Math.sign(length) * Math.min(EASE, Math.abs(length) / 2) };
}
