import type { Dim } from '../core/ir/model';

const UNITS = ['', ' k', ' M', ' G', ' T'] as const;

/** 1234567 → "1.23 M". */
export function amount(value: number): string {
  let scaled = value;
  let unit = 0;
  while (Number(scaled.toPrecision(3)) >= 1000 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? scaled : Number(scaled.toPrecision(3))}${UNITS[unit] ?? ''}`;
}

/** 1234567 → "1.23 MB". */
export function bytes(value: number): string {
  return value < 1000 ? `${value} B` : `${amount(value)}B`;
}

/** "1 block", "2 blocks". */
export function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}

/** [1, "N", null] → "1×N×?". */
export function shape(dims: readonly Dim[] | null): string {
  if (dims === null) return 'any shape';
  return dims.length === 0 ? 'scalar' : dims.map((dim) => dim ?? '?').join('×');
}

/** The change from `before` to `after` in percent: "−12 %"; empty where there is none to tell. */
export function change(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '';
  const percent = Math.round((100 * (after - before)) / before);
  return percent === 0 ? '±0 %' : `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
}
