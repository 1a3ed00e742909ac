/** Shapes of inputs as a person writes them: "x = 1, 3, 224, 224; y = 1, 10". */
export type Shapes = Readonly<Record<string, readonly number[]>>;

export function formatShapes(shapes: Shapes): string {
  return Object.entries(shapes)
    .map(([name, dims]) => `${name} = ${dims.join(', ')}`)
    .join('; ');
}

export type ParsedShapes =
  | { readonly ok: true; readonly shapes: Shapes }
  /** What is no shape. */
  | { readonly ok: false; readonly wrong: string }
  /** A name that no input has. */
  | { readonly ok: false; readonly unknown: string };

/**
 * Reads them back, as the command line has them, too ("x=1,3,224,224"): whole numbers from 1 on, with commas, spaces or crosses
 * between; the next name, or a semicolon, ends a shape. Inputs that are left out keep the shape that the file says.
 * @param inputs names; null: any.
 */
export function parseShapes(text: string, inputs: readonly string[] | null): ParsedShapes {
  const shapes = new Map<string, readonly number[]>();
  for (const part of text.split(/;|[\s,]+(?=[^\s,;=]+\s*=)/)) {
    if (part.trim() === '') continue;
    const [, name = '', dims = ''] = /^\s*([^\s=]+)\s*=([^=]*)$/.exec(part) ?? [];
    const sizes = dims.split(/[\s,×x]+/).filter((size) => size !== '');
    const numbers = sizes.map((size) => (/^\d+$/.test(size) ? Number(size) : 0));
    const fits = numbers.length > 0 && numbers.every((size) => Number.isSafeInteger(size) && size > 0);
    if (name === '' || !fits || shapes.has(name)) return { ok: false, wrong: part.trim() };
    if (inputs?.includes(name) === false) return { ok: false, unknown: name };
    shapes.set(name, numbers);
  }
  return { ok: true, shapes: Object.fromEntries(shapes) };
}
