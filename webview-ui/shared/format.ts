import type { Change } from '../../src/core/view/modelView';
import type { Dim } from '../../src/core/ir/model';
import { locale } from './strings';

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const UNITS = ['', 'k', 'M', 'G', 'T'] as const;
const NBSP = '\u00a0';
const MINUS = '\u2212';

/** Six figures at most are written out: 1584 → "1,584", 12345678 → "12.3 M". */
export function amount(value: number): string {
  if (value < 0) return MINUS + amount(-value);
  if (value < 1e5) return whole.format(value);
  let scaled = value;
  let unit = 0;
  while (scaled >= 1000 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${three.format(scaled)}${NBSP}${UNITS[unit] ?? ''}`;
}

/** Every digit, for a tooltip. */
export function exact(value: number): string {
  return whole.format(value);
}

/** The change in percent, "−14 %"; null where there is none to tell. */
export function percentChange({ before, after }: Change): string | null {
  if (before === 0 || before === after) return null;
  const change = (100 * (after - before)) / before;
  // a change that rounds to nothing or to everything is told by a bound
  const size = Math.abs(change);
  const figure =
    size < 0.5 ? '<' + NBSP + '1' : size > 99.5 && size < 100 ? '>' + NBSP + '99' : whole.format(size);
  return `${change < 0 ? MINUS : '+'}${figure}${NBSP}%`;
}

/** A signed difference of whole numbers: "−6". */
export function difference({ before, after }: Change): string {
  const change = after - before;
  return `${change < 0 ? MINUS : change > 0 ? '+' : '±'}${amount(Math.abs(change))}`;
}

/** A measured number: three significant digits, powers of ten where they are clearer. 0.000012 → "1.2e−5". */
export function measured(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value).replace('-', MINUS);
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e5 ? three.format(value) : exponential(value);
  return text.replace(/-/g, MINUS);
}

/** Almost 1: as many nines as there are, 0.99999994 → "0.9999999". */
export function cosine(value: number): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 7 })
    .format(Math.trunc(value * 1e7) / 1e7)
    .replace('-', MINUS);
}

/** [1, "N", null] → "1×N×?". */
export function shape(dims: readonly Dim[] | null): string | null {
  if (dims === null) return null;
  return dims.length === 0 ? 'scalar' : dims.map((dim) => dim ?? '?').join('×');
}

function exponential(value: number): string {
  const [digits = '', power = ''] = value.toExponential(2).split('e');
  return `${three.format(Number(digits))}e${Number(power)}`;
}
