import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api';
import type { Branch } from '../../../src/core/detect/block';
import type { BlockGraph, GraphView, Vertex } from '../../../src/core/view/blockGraph';
import { loadElk } from '../../shared/loadElk';
import { t } from '../../shared/strings';

/** Size of a card, in the graph's own units. */
export const CARD = { width: 156, height: 42 } as const;

/** A vertex with its place; `ghost` stands for a branch that has no nodes. */
export interface PlacedCard {
  readonly vertex: Vertex;
  readonly ghost: boolean;
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedGraph {
  readonly cards: readonly PlacedCard[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

export interface PlacedBlock {
  readonly before: PlacedGraph;
  readonly after: PlacedGraph | null;
}

/** Lanes stay in the branches' order: elk keeps the order of the children it gets, within each layer. */
const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'POLYLINE',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '24',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  // every lane starts right under the source
  'elk.layered.layering.strategy': 'LONGEST_PATH_SOURCE',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.crossingMinimization.forceNodeModelOrder': 'true',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
};

/** Layered layout of one block, before and after: source on top, a lane for each branch, merge below. */
export async function layoutBlock(graph: BlockGraph, branches: readonly Branch[]): Promise<PlacedBlock> {
  const elk = await engine();
  const before = await place(elk, withGhosts(graph.before, branches));
  const after = graph.after === null ? null : await place(elk, { graph: graph.after, ghosts: new Set() });
  return { before, after };
}

let loaded: Promise<ELK> | undefined;

/** elk is large: it starts with the first graph. */
function engine(): Promise<ELK> {
  loaded ??= loadElk().then((Elk) => new Elk());
  return loaded;
}

interface Prepared {
  readonly graph: GraphView;
  readonly ghosts: ReadonlySet<string>;
}

/** A branch without nodes is an edge from the source to a join: a card makes it a lane that can be seen. */
function withGhosts({ vertices, edges }: GraphView, branches: readonly Branch[]): Prepared {
  const kinds = new Map(vertices.map((vertex) => [vertex.id, vertex.kind]));
  const empty = branches.flatMap((branch, lane) => (branch.nodes.length === 0 ? [{ branch, lane }] : []));
  const ghosts: Vertex[] = [];
  const passing = edges.flatMap((edge) => {
    if (kinds.get(edge.from) !== 'source' || kinds.get(edge.to) !== 'merge') return [edge];
    const found = empty[ghosts.length];
    const id = `ghost ${ghosts.length}`;
    ghosts.push({
      id,
      kind: 'op',
      title: found?.branch.label ?? t('graph.identity'),
      shape: vertices.find((vertex) => vertex.id === edge.from)?.shape ?? '',
      node: null,
      lane: found?.lane ?? branches.length,
      atFault: false,
    });
    return [
      { from: edge.from, to: id },
      { from: id, to: edge.to },
    ];
  });
  return {
    graph: { vertices: [...vertices, ...ghosts], edges: passing },
    ghosts: new Set(ghosts.map(({ id }) => id)),
  };
}

async function place(elk: ELK, { graph, ghosts }: Prepared): Promise<PlacedGraph> {
  const laneOf = new Map(graph.vertices.map(({ id, lane }) => [id, lane ?? -1]));
  const byLane = [...graph.vertices].sort((a, b) => (a.lane ?? -1) - (b.lane ?? -1));
  const edges = graph.edges
    .map((edge, index): ElkExtendedEdge => ({ id: `e${index}`, sources: [edge.from], targets: [edge.to] }))
    .sort((a, b) => lane(laneOf, a) - lane(laneOf, b));
  const root: ElkNode = {
    id: 'root',
    layoutOptions: OPTIONS,
    children: byLane.map(({ id }) => ({ id, ...CARD })),
    edges,
  };
  const placed = await elk.layout(root);
  const at = new Map((placed.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  return {
    cards: graph.vertices.map((vertex) => ({
      vertex,
      ghost: ghosts.has(vertex.id),
      ...(at.get(vertex.id) ?? { x: 0, y: 0 }),
    })),
    edges: (placed.edges ?? []).map(placedEdge),
    width: placed.width ?? CARD.width,
    height: placed.height ?? CARD.height,
  };
}

function lane(laneOf: ReadonlyMap<string, number>, { sources, targets }: ElkExtendedEdge): number {
  return Math.max(laneOf.get(sources[0] ?? '') ?? -1, laneOf.get(targets[0] ?? '') ?? -1);
}

function placedEdge({ id, sources, targets, sections = [] }: ElkExtendedEdge): PlacedEdge {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  return { id, from: sources[0] ?? '', to: targets[0] ?? '', points };
}
