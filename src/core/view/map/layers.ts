/**
 * Places for the items of a directed graph in layers, in time linear in items and edges but for the sorting: the layer of an
 * item is the longest way to it; within a layer items stand in the order of what they read. Large drawings need no finer
 * method, and finer methods do not end on them.
 */
export interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
  readonly height: number;
}

export interface Cell {
  readonly width: number;
  readonly height: number;
  readonly gapX: number;
  readonly gapY: number;
}

type Edge = readonly [from: number, to: number];

/** Passes over the layers that put items below what they read; further ones change next to nothing. */
const PASSES = 4;

/**
 * @param count items, numbered in an order in which most edges go forward; an edge that goes back (two closed modules may
 *   read each other) does not count.
 */
export function placeInLayers(count: number, edges: readonly Edge[], cell: Cell): Places {
  const forward = edges.filter(([from, to]) => from < to);
  const layerOf = longestWays(count, forward);
  const layers: number[][] = [];
  layerOf.forEach((layer, item) => (layers[layer] ??= []).push(item));
  const step = cell.width + cell.gapX;
  const x = new Float64Array(count);
  for (const layer of layers)
    layer.forEach((item, place) => (x[item] = (place - (layer.length - 1) / 2) * step));
  const [above, below] = neighbours(count, forward);
  for (let pass = 0; pass < PASSES; pass++) {
    const down = pass % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) settle(layer, down ? above : below, x, step);
  }
  const left = x.reduce((least, at) => Math.min(least, at), 0);
  const right = x.reduce((most, at) => Math.max(most, at), 0);
  return {
    x: x.map((at) => at - left),
    y: Float64Array.from(layerOf, (layer) => layer * (cell.height + cell.gapY)),
    width: right - left + cell.width,
    height: Math.max(0, layers.length * (cell.height + cell.gapY) - cell.gapY),
  };
}

function longestWays(count: number, forward: readonly Edge[]): Int32Array {
  const layer = new Int32Array(count);
  const bySource = [...forward].sort((a, b) => a[0] - b[0]);
  for (const [from, to] of bySource) layer[to] = Math.max(layer[to] as number, (layer[from] as number) + 1);
  return layer;
}

function neighbours(count: number, edges: readonly Edge[]): readonly [above: number[][], below: number[][]] {
  const empty = (): number[][] => Array.from({ length: count }, () => []);
  const [above, below] = [empty(), empty()];
  for (const [from, to] of edges) {
    above[to]?.push(from);
    below[from]?.push(to);
  }
  return [above, below];
}

/** Orders a layer by the middle of each item's neighbours, and moves the items there as far as there is room. */
function settle(layer: number[], neighbourOf: readonly number[][], x: Float64Array, step: number): void {
  const wish = new Map(
    layer.map((item) => {
      const others = neighbourOf[item] ?? [];
      const sum = others.reduce((total, other) => total + (x[other] as number), 0);
      return [item, others.length === 0 ? (x[item] as number) : sum / others.length];
    }),
  );
  const wished = (item: number): number => wish.get(item) as number;
  layer.sort((a, b) => wished(a) - wished(b) || a - b);
  // from the left no item comes nearer than a step; then the whole layer is shifted to where it wished to be on average
  let last = -Infinity;
  let error = 0;
  for (const item of layer) {
    last = Math.max(wished(item), last + step);
    x[item] = last;
    error += last - wished(item);
  }
  const shift = error / Math.max(1, layer.length);
  for (const item of layer) x[item] = (x[item] as number) - shift;
}
