import type { SpeedVerdict, Timing } from './speedReport';

/** Median and quartiles, between the neighbours where they fall between two runs. */
export function timingOf(milliseconds: readonly number[], warmUps: number): Timing {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    runs: sorted.length,
    warmUps,
  };
}

/** Whether two timings differ by more than they scatter: half of the runs of one are beyond half of the other's. */
export function verdictOf(before: Timing, after: Timing): SpeedVerdict {
  if (after.quartiles[1] < before.quartiles[0]) return 'faster';
  return after.quartiles[0] > before.quartiles[1] ? 'slower' : 'same';
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const [a = 0, b = a] = [sorted[low], sorted[low + 1]];
  return a + (place - low) * (b - a);
}
