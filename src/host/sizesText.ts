/** Sizes as a person writes them: "N = 1, H = 224". */
export function formatSizes(sizes: Readonly<Record<string, number>>): string {
  return Object.entries(sizes)
    .map(([symbol, size]) => `${symbol} = ${size}`)
    .join(', ');
}

export type ParsedSizes =
  | { readonly ok: true; readonly sizes: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly missing: string }
  | { readonly ok: false; readonly missing: null; readonly wrong: string };

/** Reads them back. Every one of `symbols` needs a whole number from 1 on; others are an error. */
export function parseSizes(text: string, symbols: readonly string[]): ParsedSizes {
  const sizes = new Map<string, number>();
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    // a symbol may hold spaces and signs of its own: the last "=" divides
    const at = part.lastIndexOf('=');
    const symbol = part.slice(0, Math.max(0, at)).trim();
    const number = part.slice(at + 1).trim();
    const size = Number(number);
    const fits = symbols.includes(symbol) && /^\d+$/.test(number) && Number.isSafeInteger(size) && size > 0;
    if (!fits) return { ok: false, missing: null, wrong: part.trim() };
    sizes.set(symbol, size);
  }
  const missing = symbols.find((symbol) => !sizes.has(symbol));
  return missing === undefined ? { ok: true, sizes: Object.fromEntries(sizes) } : { ok: false, missing };
}
