import type { Timing } from '../../verify/speed/speedReport';

/** Median and quartiles: "1.23 ms (1.2–1.3)". */
export function timing({ median, quartiles: [low, high] }: Timing): string {
  const figure = (value: number): string => String(Number(value.toPrecision(3)));
  return `${figure(median)} ms (${figure(low)}–${figure(high)})`;
}
