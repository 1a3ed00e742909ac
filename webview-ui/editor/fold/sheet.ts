import type { FoldBranch, FoldOp, KernelFold } from '../../../src/core/view/foldTypes';
import { tapGrid, type TapGrid } from './tapGrid';

/** Where everything of a fold stands, in pixels. */
export interface FoldSheet {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly SheetRow[];
  /** The merged lattice, as large as it is drawn for a branch. */
  readonly grid: TapGrid;
  readonly gridX: number;
  readonly merged: Box & { readonly grid: TapGrid };
  readonly list: Box;
  /** The merged kernel stands under the branches, not beside them. */
  readonly stacked: boolean;
  /** x of the line that gathers the branches. */
  readonly gatherX: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SheetRow {
  readonly branch: FoldBranch;
  readonly index: number;
  readonly top: number;
  /** Middle of cards and kernel. */
  readonly middle: number;
  readonly cards: readonly PlacedOp[];
  /** Right end of the last card. */
  readonly end: number;
}

export interface PlacedOp {
  readonly op: FoldOp;
  readonly box: Box;
}

/** Height of a card. */
export const CARD_HEIGHT = 86;
/** A list entry under the merged kernel. */
export const LINE = 18;
export const HEADING = 30;
const RAIL = 26;
const LABEL = 24;
const ROW_GAP = 16;

/** Widths of cards, and of what lies between things. */
interface Measures {
  readonly card: Readonly<Record<FoldOp['kind'], number>>;
  readonly gap: number;
  /** Between cards and grid, where the branch's transforms stand. */
  readonly arrow: number;
  /** Between grid and merged kernel. */
  readonly gather: number;
  /** Most pixels of a kernel in either direction: of a few branches, of many. */
  readonly grid: readonly [number, number];
}

const WIDE: Measures = {
  card: { kernel: 96, identity: 96, scale: 96, other: 72 },
  gap: 14,
  arrow: 58,
  gather: 58,
  grid: [120, 92],
};
const NARROW: Measures = {
  card: { kernel: 84, identity: 84, scale: 70, other: 68 },
  gap: 8,
  arrow: 46,
  gather: 34,
  grid: [120, 92],
};
const TIGHT: Measures = {
  card: { kernel: 80, identity: 80, scale: 62, other: 60 },
  gap: 6,
  arrow: 42,
  gather: 34,
  grid: [100, 88],
};

const LIST = 236;
/** What a share and a heading need. */
const LEAST_COLUMN = 96;
const PAD = 12;

/** Lays a fold out for a width; it may come out wider, and is then scrolled. */
export function foldSheet(fold: KernelFold, room: number): FoldSheet {
  const roomy = laidOut(fold, room, WIDE);
  if (!roomy.stacked) return roomy;
  const narrow = laidOut(fold, room, NARROW);
  return narrow.width <= room ? narrow : laidOut(fold, room, TIGHT);
}

function laidOut(fold: KernelFold, room: number, measures: Measures): FoldSheet {
  const size = measures.grid[fold.branches.length > 5 ? 1 : 0];
  const grid = tapGrid(fold.taps, { size, width: 220, largestCell: 40 });
  const mergedGrid = tapGrid(fold.taps, { size: 184, width: 320, largestCell: 54 });
  const body = Math.max(CARD_HEIGHT, grid.height);
  const rows = fold.branches.map((branch, index): SheetRow => {
    const top = HEADING + PAD + index * (LABEL + body + ROW_GAP);
    const middle = top + LABEL + body / 2;
    return { branch, index, top, middle, ...placedCards(branch, middle, measures) };
  });
  const gridX = Math.max(...rows.map(({ end }) => end)) + measures.arrow;
  const gatherX = gridX + Math.max(grid.width, LEAST_COLUMN) + measures.gather / 2;
  const beside = gatherX + measures.gather / 2;
  const stacked = beside + Math.max(mergedGrid.width, LIST) + PAD > room;
  const bottom = HEADING + PAD + rows.length * (LABEL + body + ROW_GAP) - ROW_GAP;
  const { merged, list } = placedSum({ stacked, beside, bottom, branches: rows.length, grid: mergedGrid });
  return {
    width: Math.max(list.x + list.width, merged.x + merged.width, stacked ? gatherX : 0) + PAD,
    height: Math.max(bottom, merged.y + merged.height, list.y + list.height) + PAD,
    rows,
    grid,
    gridX,
    merged: { ...merged, grid: mergedGrid },
    list,
    stacked,
    gatherX,
  };
}

interface SumPlace {
  readonly stacked: boolean;
  /** x of what stands beside the branches, y of what stands under them. */
  readonly beside: number;
  readonly bottom: number;
  readonly branches: number;
  readonly grid: TapGrid;
}

/** The merged kernel, and the list of one tap's numbers: under it, or beside it where both stand under the branches. */
function placedSum({ stacked, beside, bottom, branches, grid }: SumPlace): {
  readonly merged: Box;
  readonly list: Box;
} {
  const { width, height } = grid;
  // branches, the sum's line, and the scale under it
  const listHeight = (branches + 2) * LINE + 34;
  if (stacked) {
    const merged = { x: PAD + RAIL, y: bottom + HEADING + 34, width, height };
    return { merged, list: { x: merged.x + width + 36, y: merged.y, width: LIST, height: listHeight } };
  }
  const merged = { x: beside, y: mergedY(HEADING + PAD, bottom, height + 20 + listHeight), width, height };
  const list = { x: beside, y: merged.y + height + 20, width: Math.max(width, LIST), height: listHeight };
  return { merged, list };
}

/** In the middle beside a few branches, at the top beside many, so that it is in sight. */
function mergedY(top: number, bottom: number, height: number): number {
  const middle = (top + bottom - height) / 2;
  return Math.max(top + LABEL, Math.min(middle, top + LABEL + 120));
}

function placedCards(
  { ops }: FoldBranch,
  middle: number,
  { card, gap }: Measures,
): Pick<SheetRow, 'cards' | 'end'> {
  let x = PAD + RAIL;
  const cards = ops.map((op): PlacedOp => {
    const box = { x, y: middle - CARD_HEIGHT / 2, width: card[op.kind], height: CARD_HEIGHT };
    x += box.width + gap;
    return { op, box };
  });
  return { cards, end: x - gap };
}

/** x of the line that the branches start from. */
export const SOURCE_X = PAD + 6;
