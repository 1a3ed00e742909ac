import { plural, t } from '../../shared/strings';
import { HEADING, type Sheet, type SheetPart } from './arrange';
import { verticalCurve } from './curve';
import type { HeadingNode } from './headingCard';
import type { LaneEdgeType } from './laneEdge';
import { CARD } from './layout';
import type { Spot } from './neighbour';
import type { OpCardNode } from './opCard';

export type FlowNode = OpCardNode | HeadingNode;

export interface FlowItems {
  readonly nodes: FlowNode[];
  readonly edges: LaneEdgeType[];
  /** Centres of the cards, in reading order. */
  readonly spots: readonly Spot[];
}

/** Id of a card: the same tensor stands in both graphs. */
export function cardId(side: SheetPart['side'], vertexId: string): string {
  return `${side} ${vertexId}`;
}

/** A sheet as the graph component wants it. */
export function flowItems(
  sheet: Sheet,
  nodes: { readonly before: number; readonly after: number },
): FlowItems {
  const items: { nodes: FlowNode[]; edges: LaneEdgeType[]; spots: Spot[] } = {
    nodes: [],
    edges: [],
    spots: [],
  };
  for (const part of sheet.parts) {
    items.nodes.push(heading(part, nodes[part.side], sheet.parts.length === 1));
    for (const { vertex, ghost, x, y } of part.cards) {
      const id = cardId(part.side, vertex.id);
      const at = { x: part.x + x, y: part.y + y };
      const merged = part.side === 'after' && vertex.kind === 'op' && vertex.node === null;
      items.nodes.push({
        id,
        type: 'card',
        position: at,
        ...CARD,
        data: { vertex, ghost, merged },
        draggable: false,
      });
      items.spots.push({ id, x: at.x + CARD.width / 2, y: at.y + CARD.height / 2 });
    }
    for (const { id, from, to, points } of part.edges) {
      const path = verticalCurve(points.map((point) => ({ x: part.x + point.x, y: part.y + point.y })));
      items.edges.push({
        id: `${part.side} ${id}`,
        type: 'lane',
        source: cardId(part.side, from),
        target: cardId(part.side, to),
        data: { path },
      });
    }
  }
  return items;
}

function heading(part: SheetPart, nodes: number, alone: boolean): HeadingNode {
  return {
    id: `${part.side} heading`,
    type: 'heading',
    position: { x: part.x, y: part.y - HEADING },
    width: part.width,
    height: HEADING,
    draggable: false,
    data: {
      title: t(alone ? 'graph.only' : part.side === 'before' ? 'graph.before' : 'graph.after'),
      detail: plural('nodes', nodes),
    },
  };
}
