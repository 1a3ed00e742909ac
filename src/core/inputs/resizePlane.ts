interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a pixel of the result falls in the source: two neighbours and how much the second counts. */
interface Tap {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** One channel made another size, bilinear with pixel centres at ½ (as OpenCV and PyTorch without corner alignment do it). */
export function resizePlane(valueAt: (pixel: number) => number, from: Size, to: Size): Float64Array {
  const rows = taps(from.height, to.height);
  const columns = taps(from.width, to.width);
  const out = new Float64Array(to.width * to.height);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      const along = (y: number): number => {
        const a = valueAt(y * from.width + column.first);
        const b = valueAt(y * from.width + column.second);
        return a + column.share * (b - a);
      };
      const above = along(row.first);
      out[at++] = row.share === 0 ? above : above + row.share * (along(row.second) - above);
    }
  }
  return out;
}

function taps(from: number, to: number): readonly Tap[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const first = Math.floor(place);
    return { first, second: Math.min(from - 1, first + 1), share: place - first };
  });
}
