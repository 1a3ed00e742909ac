/** The little of SVG that the pictures of a report need: strings, so that a file, a page and a terminal's report share them. */

/** Colours that a page may set; a file, which has nobody to ask, takes the second. */
export const COLOURS = {
  before: 'var(--replens-before, #8a8f98)',
  after: 'var(--replens-after, #2f7fd6)',
  bad: 'var(--replens-bad, #d0413b)',
  text: 'var(--replens-text, #7d828b)',
  track: 'var(--replens-track, #8884)',
} as const;

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
}

/** A picture of its own; `content` is markup made here, names in it escaped. */
export function svg({ width, height, title }: Frame, content: readonly string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" font-family="system-ui, sans-serif" font-size="12"><title>${escaped(title)}</title>${content.join('')}</svg>`;
}

export function rectangle(
  [x, y, width, height]: readonly [number, number, number, number],
  fill: string,
  title?: string,
): string {
  const inner = title === undefined ? '/>' : `><title>${escaped(title)}</title></rect>`;
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"${inner}`;
}

export function label(
  [x, y]: readonly [number, number],
  text: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" fill="${COLOURS.text}">${escaped(text)}</text>`;
}

/** An address that holds the picture itself: no file beside the report. */
export function dataUri(markup: string): string {
  // base64 of UTF-8, without Node's Buffer
  const bytes = new TextEncoder().encode(markup);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | (b << 8) | c;
    const four = [18, 12, 6, 0].map((shift) => digits.charAt((bits >> shift) & 63));
    const present = Math.min(3, bytes.length - at) + 1;
    text += four.slice(0, present).join('').padEnd(4, '=');
  }
  return `data:image/svg+xml;base64,${text}`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, '?');
  return clean.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
