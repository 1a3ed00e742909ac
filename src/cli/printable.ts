/**
 * A report whose strings can be shown on a terminal: a file may give its nodes names that would move the cursor or fill the
 * screen. JSON needs none of this, since it escapes.
 */
export function printable<T>(report: T): T {
  if (typeof report === 'string') return text(report) as T;
  if (Array.isArray(report)) return report.map(printable) as T;
  if (typeof report !== 'object' || report === null) return report;
  return Object.fromEntries(Object.entries(report).map(([key, value]) => [key, printable(value)])) as T;
}

/** Longer names than this are nobody's; messages are sentences around some of them. */
const MOST = 2000;

function text(value: string): string {
  const shown = value.length > MOST ? `${value.slice(0, MOST)}…` : value;
  return shown.replace(/\p{Cc}|\p{Bidi_Control}/gu, '?');
}
