/** A kernel's taps as cells on the screen: the last axis from left to right, the one before it downwards, any before those side by side. */
export interface TapGrid {
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
  /** Side of a cell, in pixels. */
  readonly cell: number;
  readonly width: number;
  readonly height: number;
}

const SLICE_GAP = 6;

export interface GridRoom {
  /** Most pixels in either direction of one slice. */
  readonly size: number;
  /** Most pixels of all slices side by side. */
  readonly width: number;
  readonly largestCell: number;
}

export function tapGrid(taps: readonly number[], room: GridRoom): TapGrid {
  const columns = taps.at(-1) ?? 1;
  const rows = taps.at(-2) ?? 1;
  const slices = taps.slice(0, -2).reduce((product, count) => product * count, 1);
  const free = room.width - (slices - 1) * SLICE_GAP;
  const fitting = Math.min(room.size / rows, room.size / columns, free / (slices * columns));
  // whole pixels, so that the lines between cells are equally wide; a kernel of 31 × 31 has cells too small for that
  const cell = Math.min(room.largestCell, fitting >= 4 ? Math.floor(fitting) : Math.max(1.5, fitting));
  return {
    slices,
    rows,
    columns,
    cell,
    width: slices * columns * cell + (slices - 1) * SLICE_GAP,
    height: rows * cell,
  };
}

/** The upper left corner of a tap's cell. */
export function cellAt(grid: TapGrid, tap: number): { readonly x: number; readonly y: number } {
  const { rows, columns, cell } = grid;
  const slice = Math.floor(tap / (rows * columns));
  const row = Math.floor(tap / columns) % rows;
  return { x: slice * sliceWidth(grid) + (tap % columns) * cell, y: row * cell };
}

/** The tap whose cell is nearest to a point. */
export function tapAt(grid: TapGrid, x: number, y: number): number {
  const { slices, rows, columns, cell } = grid;
  const within = (value: number, count: number): number =>
    Math.max(0, Math.min(count - 1, Math.floor(value)));
  const slice = within(x / sliceWidth(grid), slices);
  const column = within((x - slice * sliceWidth(grid)) / cell, columns);
  return (slice * rows + within(y / cell, rows)) * columns + column;
}

/** Left edges of the slices. */
export function sliceEdges(grid: TapGrid): readonly number[] {
  return Array.from({ length: grid.slices }, (_, slice) => slice * sliceWidth(grid));
}

function sliceWidth({ columns, cell }: TapGrid): number {
  return columns * cell + SLICE_GAP;
}

/** A tap by its place on each axis, counted from 1: "2, 3"; "1" for a matrix. */
export function tapName(taps: readonly number[], tap: number): string {
  const places: number[] = [];
  let rest = tap;
  for (const count of [...taps].reverse()) {
    places.unshift((rest % count) + 1);
    rest = Math.floor(rest / count);
  }
  return places.length === 0 ? '1' : places.join(', ');
}

/** The tap in the middle, which an identity reads in a kernel of odd size. */
export function middleTap(taps: readonly number[]): number {
  return taps.reduce((index, count) => index * count + Math.floor((count - 1) / 2), 0);
}
