import { CARD, type PlacedBlock, type PlacedCard, type PlacedEdge, type PlacedGraph } from './layout';

/** Before and after on one sheet. */
export interface Sheet {
  readonly parts: readonly SheetPart[];
  readonly width: number;
  readonly height: number;
  /** "After" stands under "before". */
  readonly stacked: boolean;
}

export interface SheetPart {
  readonly side: 'before' | 'after';
  readonly cards: readonly PlacedCard[];
  readonly edges: readonly PlacedEdge[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Room for the heading over each part. */
export const HEADING = 34;
const GAP = 72;
/** A graph taller than this is scrolled; then "after" stays within sight, at the top. */
const SCREENFUL = 450;
const LEVEL = 360;
/** Below this scale text is hard to read. */
const READABLE = 0.8;

/**
 * Puts "after" beside "before", stretched to the same height so that source and result stand level; under it where the
 * room is narrow.
 * @param room width there is, in pixels; the sheet may come out wider and is then shown smaller.
 */
export function arrange({ before, after }: PlacedBlock, room: number): Sheet {
  const first = part('before', before, 0, HEADING);
  if (after === null)
    return { parts: [first], width: before.width, height: HEADING + before.height, stacked: false };
  const sideBySide = before.width + GAP + after.width;
  if (room / sideBySide < READABLE && before.width < sideBySide) {
    const width = Math.max(before.width, after.width);
    const top = HEADING + before.height + GAP / 2;
    return {
      parts: [
        { ...first, x: (width - before.width) / 2 },
        part('after', after, (width - after.width) / 2, top + HEADING),
      ],
      width,
      height: top + HEADING + after.height,
      stacked: true,
    };
  }
  const tall = stretch(after, before.height <= SCREENFUL ? before.height : LEVEL);
  return {
    parts: [first, part('after', tall, before.width + GAP, HEADING)],
    width: sideBySide,
    height: HEADING + Math.max(before.height, tall.height),
    stacked: false,
  };
}

/** The scale at which a sheet fits into a room, never above its natural size. */
export function fitScale(sheet: Sheet, width: number, height: number): number {
  return Math.min(1, width / sheet.width, height / sheet.height);
}

function part(side: 'before' | 'after', graph: PlacedGraph, x: number, y: number): SheetPart {
  return { side, cards: graph.cards, edges: graph.edges, x, y, width: graph.width };
}

/** Spreads the layers over a greater height. */
function stretch(graph: PlacedGraph, height: number): PlacedGraph {
  const free = graph.height - CARD.height;
  if (height <= graph.height || free <= 0) return graph;
  const factor = (height - CARD.height) / free;
  // cards move by their top; an edge's end moves with the card that it touches
  const cardY = (y: number): number => y * factor;
  const cardOf = new Map(graph.cards.map((card) => [card.vertex.id, card]));
  return {
    ...graph,
    height,
    cards: graph.cards.map((card) => ({ ...card, y: cardY(card.y) })),
    edges: graph.edges.map((edge) => ({
      ...edge,
      points: edge.points.map((point, index) => {
        if (index === 0) return { ...point, y: cardY(cardOf.get(edge.from)?.y ?? 0) + CARD.height };
        if (index === edge.points.length - 1)
          return { ...point, y: cardY(cardOf.get(edge.to)?.y ?? point.y) };
        return { ...point, y: cardY(point.y) };
      }),
    })),
  };
}
