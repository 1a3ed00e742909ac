const MINUS = '\u2212';

/** A number that fits into a cell: two or three digits. 0.1234 → "0.123", −0.00123 → "−1e−3". */
export function cellText(value: number): string {
  return short(value).replace(/-/g, MINUS);
}

function short(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value < 0 ? '-∞' : '∞';
  if (size < 0.01 || size >= 9999.5) return value.toExponential(0).replace('e+', 'e');
  if (size < 1) return value.toFixed(3);
  return size < 10 ? value.toFixed(2) : value.toFixed(size < 100 ? 1 : 0);
}

/** A number of the table and the list: six significant digits, so that a reader can add them up. */
export function fineText(value: number): string {
  if (value === 0) return '0';
  const text = Number.isFinite(value) ? plain(value) : String(value);
  return text.replace(/-/g, MINUS);
}

function plain(value: number): string {
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(6))) : value.toExponential(5);
}

/** Cuts a text that is too long for its place. */
export function clipped(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}
