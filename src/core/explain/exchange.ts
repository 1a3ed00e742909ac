import { energyOf, subtract, type KernelCase, type KernelFault } from './kernelCase';

/** For each row of the deploy form the row of the train form that it is. */
export type Exchange = readonly number[];

/** Exchanges named one by one. */
const MOST_NAMED = 3;

/**
 * The rows that stand in another's place, each within its tolerance; null where some row is none of the train form's, where two
 * are the same one, or where all stand where they belong.
 * @param length elements of a row.
 */
export function exchangeOf(
  train: Float64Array,
  deploy: Float64Array,
  tolerance: Float64Array,
  length: number,
): Exchange | null {
  const count = train.length / length;
  const isSame = (row: number, of: number): boolean => {
    for (let at = 0; at < length; at++) {
      const [a, b] = [deploy[row * length + at] as number, train[of * length + at] as number];
      const allowed = Math.max(tolerance[row * length + at] as number, tolerance[of * length + at] as number);
      if (Math.abs(a - b) > allowed) return false;
    }
    return true;
  };
  const wrong = Array.from({ length: count }, (_, row) => row).filter((row) => !isSame(row, row));
  if (wrong.length < 2 || wrong.length > MOST_WRONG) return null;
  const order = Array.from({ length: count }, (_, row) => row);
  const free = new Set(wrong);
  for (const row of wrong) {
    const found = [...free].find((of) => isSame(row, of));
    if (found === undefined) return null;
    free.delete(found);
    order[row] = found;
  }
  return order;
}

/** Rows that are compared with each other; their pairs are what it costs. */
const MOST_WRONG = 2048;

/** A kernel that is the block's, but for the order of its output channels. */
export function exchangedKernel({
  train,
  deploy,
  tolerance,
  sample,
  branches,
}: KernelCase): KernelFault | null {
  const exchange = exchangeOf(train, deploy, tolerance, sample.length);
  if (exchange === null) return null;
  return {
    kind: 'weights',
    message: `Output channels of the merged kernel are exchanged: ${placesOf(exchange, sample.channels)}.`,
    nodes: branches.flatMap(({ nodes }) => nodes),
    energy: energyOf(subtract(deploy, train)),
    factors: [],
    exchange,
  };
}

/** "channel 0 holds what belongs to 1, channel 1 what belongs to 0". */
export function placesOf(exchange: Exchange, channels: readonly number[]): string {
  const moved = exchange.flatMap((of, row) => (of === row ? [] : [[channels[row], channels[of]] as const]));
  const named = moved
    .slice(0, MOST_NAMED)
    .map(([at, of], place) => `channel ${at ?? 0} ${place === 0 ? 'holds ' : ''}what belongs to ${of ?? 0}`);
  const more = moved.length - named.length;
  return `${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
