import { intAttribute } from '../ir/attributes';
import { indexGraph } from '../ir/graphIndex';
import type { Dim, Model } from '../ir/model';
import type { FactTable } from './factTable';
import { inputDims } from './inputDims';
import { productOf } from './shapes/dims';
import type { NodeView } from './shapes/shapeRule';
import { solveDim, symbolDim } from './symbolicDim';
import { inferFacts } from './valueFacts';

type Pair = readonly [Dim, Dim];

/**
 * Sizes of input symbols that the file needs though it says they are free: an exporter that traced one example may
 * leave its sizes in constants (updates of shape [2, 20, 1, 16] for a border of [N, 20, 1, W+2]). Where a number meets a
 * symbol, the symbol must have that size; the size met most often is given. Symbols that meet no number are left out.
 * @param open the model's facts without bindings, where they are at hand.
 */
export function bakedSizes(model: Model, open?: FactTable): ReadonlyMap<string, number> {
  const table = open ?? inferFacts(model, indexGraph(model.graph)).table;
  const votes = new Map<string, Map<number, number>>();
  for (const node of table.visited) {
    for (const pair of meetingSizes(table.viewOf(node))) vote(pair, votes);
  }
  const names = [...inputDims(model.graph).values()].flat().filter((dim) => typeof dim === 'string');
  return new Map(names.flatMap((name) => mostVoted(name, votes.get(symbolDim(name)))));
}

function vote([a, b]: Pair, votes: Map<string, Map<number, number>>): void {
  const [number, expression] = typeof a === 'number' ? [a, b] : [b, a];
  // 1 broadcasts against anything
  if (typeof number !== 'number' || number < 2) return;
  const solution = solveDim(expression, number);
  if (solution === null) return;
  const sizes = votes.get(solution.symbol) ?? new Map<number, number>();
  sizes.set(solution.size, (sizes.get(solution.size) ?? 0) + 1);
  votes.set(solution.symbol, sizes);
}

function mostVoted(
  name: string,
  sizes: ReadonlyMap<number, number> | undefined,
): readonly [string, number][] {
  const [best] = [...(sizes ?? [])].sort((a, b) => b[1] - a[1]);
  return best === undefined ? [] : [[name, best[0]]];
}

/** Sizes that must be equal, or that broadcast, for the node to run. */
function meetingSizes(view: NodeView): readonly Pair[] {
  const dims = (input: number): readonly Dim[] | null => view.type(input)?.dims ?? null;
  switch (view.node.opType) {
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Where':
      return [...alignedAtEnd(dims(0), dims(1)), ...alignedAtEnd(dims(1), dims(2))];
    case 'Expand':
      return alignedAtEnd(dims(0), view.ints(1));
    case 'Reshape':
      return reshapePair(dims(0), view.ints(1));
    case 'Concat':
      return concatPairs(view, dims(0));
    case 'ScatterND':
      return scatterPairs(dims(0), dims(1), dims(2));
    default:
      return [];
  }
}

function alignedAtEnd(a: readonly Dim[] | null, b: readonly Dim[] | null): readonly Pair[] {
  if (a === null || b === null) return [];
  const count = Math.min(a.length, b.length);
  return Array.from({ length: count }, (_, place) => [
    a[a.length - count + place] ?? null,
    b[b.length - count + place] ?? null,
  ]);
}

function reshapePair(from: readonly Dim[] | null, to: readonly Dim[] | null): readonly Pair[] {
  if (from === null || to === null || to.some((dim) => dim === 0 || dim === -1)) return [];
  return [[productOf(from), productOf(to)]];
}

function concatPairs(view: NodeView, first: readonly Dim[] | null): readonly Pair[] {
  const axis = intAttribute(view.node, 'axis', 0);
  return view.node.inputs.flatMap((_, input) =>
    alignedAtEnd(first, view.type(input)?.dims ?? null).filter(
      (_pair, at) => at !== axis && at !== axis + (first?.length ?? 0),
    ),
  );
}

function scatterPairs(
  data: readonly Dim[] | null,
  indices: readonly Dim[] | null,
  updates: readonly Dim[] | null,
): readonly Pair[] {
  const depth = indices?.at(-1);
  if (data === null || indices === null || typeof depth !== 'number') return [];
  return alignedAtEnd([...indices.slice(0, -1), ...data.slice(depth)], updates);
}
