import type { Block } from '../../detect/block';
import type { Detection } from '../../detect/detect';
import { valuesRead } from '../../ir/graphIndex';
import type { Node } from '../../ir/model';
import { drawnNodes, members } from './drawn';
import { placeInLayers } from './layers';
import { ITEM, type MapState, type ModelMap } from './mapTypes';
import { memberItem, memberState, type Unplaced } from './memberItem';
import { allMembers, moduleTree, openAtFirst, type Member, type ModuleFolder } from './modules';

/**
 * The map of a model with the given modules open; null: those that make a good first look. Blocks are always one item.
 * Reads names and shapes only.
 */
export function modelMap(detection: Detection, open: ReadonlySet<string> | null): ModelMap {
  const { analysis, blocks } = detection;
  const { graph, order } = analysis.index;
  const drawn = drawnNodes(detection);
  const root = moduleTree(members(detection, drawn));
  const opened = open ?? openAtFirst(root);
  const drawing = new Drawing();
  for (const { name } of graph.inputs) {
    if (!graph.overridable.has(name)) drawing.add(port('input', name), [], name);
  }
  const inside = new Map<Block, readonly Node[]>(blocks.map((block) => [block, block.region.nodes]));
  drawing.fill(root, opened, inside);
  for (const { name } of graph.outputs) drawing.add(port('output', name), [], null);
  const position = new Map(drawn.map((node, place) => [node, place]));
  const numbers = drawing.inOrder(position);
  const edges = edgesOf(
    drawing,
    drawn,
    graph.outputs.map(({ name }) => name),
    numbers,
  );
  const places = placeInLayers(numbers.length, edges, ITEM);
  const items = numbers.map((old, place) => ({
    ...(drawing.items[old] as Unplaced),
    x: places.x[place] as number,
    y: places.y[place] as number,
  }));
  const { width, height } = places;
  return { items, edges, width, height, open: [...opened], constants: order.length - drawn.length };
}

/** A thing that a search found: its key, and the modules to open for it to be drawn, outermost first. */
export interface MapMatch {
  readonly key: string;
  readonly modules: readonly string[];
}

/** More matches than this nobody steps through. */
const MAX_MATCHES = 500;

/** Blocks and nodes whose name, op, family or state has all the words, in the order of the data. */
export function findInMap(detection: Detection, text: string): readonly MapMatch[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const found: (MapMatch & { readonly place: number })[] = [];
  const { position } = detection.analysis.index;
  const visit = (at: ModuleFolder, modules: readonly string[]): void => {
    for (const member of at.members) {
      const { key, label, detail, state } = memberItem(member, 0, null);
      const has = `${key} ${label} ${detail} ${state ?? ''}`.toLowerCase();
      if (words.every((word) => has.includes(word)))
        found.push({ key, modules, place: position.get(member.node) ?? 0 });
    }
    for (const folder of at.folders.values()) visit(folder, [...modules, folder.key]);
  };
  visit(moduleTree(members(detection, drawnNodes(detection))), []);
  return found
    .sort((a, b) => a.place - b.place)
    .slice(0, MAX_MATCHES)
    .map(({ key, modules }) => ({ key, modules }));
}

function port(kind: 'input' | 'output', name: string): Unplaced {
  return {
    key: `${kind}:${name}`,
    kind,
    label: name,
    detail: '',
    state: null,
    family: null,
    nodes: 0,
    parent: null,
  };
}

/** The items of a map before they have a place. */
class Drawing {
  readonly items: Unplaced[] = [];
  /** Item of each node. */
  readonly itemOf = new Map<Node, number>();
  /** Item of each graph input. */
  readonly inputOf = new Map<string, number>();
  private readonly nodesOf: (readonly Node[])[] = [];

  add(item: Unplaced, nodes: readonly Node[], input: string | null): void {
    const number = this.items.push(item) - 1;
    this.nodesOf.push(nodes);
    for (const node of nodes) this.itemOf.set(node, number);
    if (input !== null) this.inputOf.set(input, number);
  }

  fill(at: ModuleFolder, open: ReadonlySet<string>, inside: ReadonlyMap<Block, readonly Node[]>): void {
    const parent = at.key === '' ? null : at.key;
    const nodesOf = ({ block, node }: Member): readonly Node[] =>
      block === null ? [node] : (inside.get(block) ?? []);
    for (const member of at.members)
      this.add(memberItem(member, nodesOf(member).length, parent), nodesOf(member), null);
    for (const folder of at.folders.values()) {
      if (open.has(folder.key)) this.fill(folder, open, inside);
      else {
        const all = allMembers(folder);
        const nodes = all.flatMap(nodesOf);
        this.add(moduleItem(folder, all, nodes.length, parent), nodes, null);
      }
    }
  }

  /** Numbers of the items by the first of their nodes; inputs first, outputs last. */
  inOrder(position: ReadonlyMap<Node, number>): readonly number[] {
    const first = this.items.map((item, number) => {
      if (item.kind === 'input') return -1;
      if (item.kind === 'output') return Infinity;
      return (this.nodesOf[number] ?? []).reduce(
        (least, node) => Math.min(least, position.get(node) ?? Infinity),
        Infinity,
      );
    });
    return this.items
      .map((_, number) => number)
      .sort((a, b) => (first[a] as number) - (first[b] as number) || a - b);
  }
}

function moduleItem(
  folder: ModuleFolder,
  all: readonly Member[],
  nodes: number,
  parent: string | null,
): Unplaced {
  const states = new Set<MapState | null>(all.map(memberState));
  const state = (['fusable', 'refused', 'fused'] as const).find((one) => states.has(one)) ?? null;
  const blocks = all.filter(({ block }) => block !== null).length;
  const own = {
    key: folder.key,
    kind: 'module',
    label: folder.label,
    detail: blocks === 0 ? '' : String(blocks),
  } as const;
  return { ...own, state, family: null, nodes, parent };
}

/** Each pair of items once, whatever the number of tensors between them. */
function edgesOf(
  { itemOf, inputOf, items }: Drawing,
  drawn: readonly Node[],
  outputs: readonly string[],
  numbers: readonly number[],
): readonly (readonly [number, number])[] {
  const placeOf = new Int32Array(numbers.length);
  numbers.forEach((old, place) => (placeOf[old] = place));
  const producer = new Map<string, number>(inputOf);
  for (const node of drawn) {
    const item = itemOf.get(node);
    if (item !== undefined) for (const value of node.outputs) producer.set(value, item);
  }
  const seen = new Set<number>();
  const edges: (readonly [number, number])[] = [];
  const link = (value: string, to: number | undefined): void => {
    const from = producer.get(value);
    if (from === undefined || to === undefined || from === to) return;
    const pair = from * items.length + to;
    if (seen.has(pair)) return;
    seen.add(pair);
    edges.push([placeOf[from] as number, placeOf[to] as number]);
  };
  for (const node of drawn) for (const value of valuesRead(node)) link(value, itemOf.get(node));
  outputs.forEach((value) =>
    link(
      value,
      items.findIndex((item) => item.key === `output:${value}`),
    ),
  );
  return edges;
}
