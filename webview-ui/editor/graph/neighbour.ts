/** A card on the sheet, by its centre. */
export interface Spot {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** The card that an arrow key leads to: the nearest in that direction, straight ahead before askew; null at the edge. */
export function neighbour(spots: readonly Spot[], from: Spot, key: string): Spot | null {
  const direction = DIRECTIONS[key];
  if (direction === undefined) return null;
  let best: Spot | null = null;
  let bestCost = Infinity;
  for (const spot of spots) {
    const ahead = (spot.x - from.x) * direction.x + (spot.y - from.y) * direction.y;
    const aside = Math.abs((spot.x - from.x) * direction.y) + Math.abs((spot.y - from.y) * direction.x);
    if (ahead < 1) continue;
    // sideways steps should stay in their row: aside counts more there
    const cost = ahead + aside * (direction.x === 0 ? 0.5 : 3);
    if (cost < bestCost) {
      bestCost = cost;
      best = spot;
    }
  }
  return best;
}

const DIRECTIONS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
};
