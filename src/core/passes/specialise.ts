import { intAttribute } from '../ir/attributes';
import type { Graph, Model } from '../ir/model';
import { raise } from '../result';
import { bakedSizes } from './bakedSizes';
import type { FactTable } from './factTable';
import { inputDims } from './inputDims';

/** Concrete sizes for a model whose inputs have symbolic ones. */

/** Symbols of the graph's inputs, in order, and names like "x.0" for sizes that the file does not name. */
export function symbolicDims(model: Model): readonly string[] {
  return [...new Set([...inputDims(model.graph).values()].flat().filter((dim) => typeof dim === 'string'))];
}

/**
 * Sizes worth trying. First those that the exporter baked into the file, if there are any: other ones would contradict
 * them (`inferFacts` says so under `conflicts`). Then the plainest: batch 1 before 2 and 4, images square and even
 * before odd and oblong. One empty binding for a model without symbols.
 * @param open the model's facts without bindings, where they are at hand.
 */
export function candidateBindings(model: Model, open?: FactTable): readonly ReadonlyMap<string, number>[] {
  const roles = symbolRoles(model.graph);
  const baked = roles.size === 0 ? new Map<string, number>() : bakedSizes(model, open);
  const candidates = new Map<string, ReadonlyMap<string, number>>();
  for (const fixed of baked.size > 0 ? [baked, new Map<string, number>()] : [baked]) {
    for (const sizes of model.format === 'checkpoint' ? BLOCK_CANDIDATES : CANDIDATES) {
      const binding = new Map(
        [...roles].map(([symbol, role]) => [symbol, fixed.get(symbol) ?? sizeOf(role, sizes)]),
      );
      candidates.set([...binding.values()].join(), binding);
    }
  }
  return [...candidates.values()];
}

/**
 * Shapes of the inputs that a run must be fed.
 * @throws ProblemError `usage` for a symbol without a binding or a size that is none; `unsupported` for an unknown rank.
 */
export function bindInputs(
  model: Model,
  bindings: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly number[]> {
  const named = inputDims(model.graph);
  const shapes = new Map<string, readonly number[]>();
  for (const { name } of model.graph.inputs) {
    if (model.graph.initializers.has(name)) continue;
    const dims = named.get(name);
    if (dims === undefined)
      raise(
        'unsupported',
        `Input "${name}" has no known rank, so no sizes can be chosen for it; give its whole shape if the model is TorchScript (--shape; Set Input Shapes in VS Code).`,
      );
    shapes.set(
      name,
      dims.map((dim) => (typeof dim === 'number' ? dim : boundSize(name, dim, bindings))),
    );
  }
  return shapes;
}

function boundSize(input: string, symbol: string, bindings: ReadonlyMap<string, number>): number {
  const size = bindings.get(symbol);
  if (size === undefined)
    raise('usage', `Size "${symbol}" of input "${input}" is not bound; give a number for it.`);
  if (!Number.isSafeInteger(size) || size < 1) {
    raise(
      'usage',
      `Size "${symbol}" of input "${input}" is bound to ${size}; it must be a whole number from 1 on.`,
    );
  }
  return size;
}

type Role = 'batch' | 'height' | 'width' | 'length' | number;

interface Sizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** 224 comes in for models with windows or patches that want multiples of 7, 14 or 32. */
const CANDIDATES: readonly Sizes[] = [
  { batch: 1, height: 32, width: 32 },
  { batch: 2, height: 33, width: 40 },
  { batch: 4, height: 56, width: 56 },
  { batch: 1, height: 33, width: 33 },
  { batch: 2, height: 32, width: 32 },
  { batch: 1, height: 64, width: 96 },
  { batch: 1, height: 224, width: 224 },
  { batch: 2, height: 224, width: 224 },
];

/**
 * Of a checkpoint, whose blocks each have an input of their own: a late block's image is small, and its channels many. The first is
 * what a 5×5 kernel sees whole; wider ones are shown larger images where each block is looked at alone.
 */
const BLOCK_CANDIDATES: readonly Sizes[] = [
  { batch: 1, height: 5, width: 5 },
  { batch: 2, height: 4, width: 6 },
  { batch: 1, height: 6, width: 3 },
];

function sizeOf(role: Role, sizes: Sizes): number {
  if (typeof role === 'number') return role;
  // a sequence of tokens or samples is as long as an image is high
  return role === 'length' ? sizes.height : sizes[role];
}

/** What each symbol stands for, by its place in the first input that has it and by its name. */
function symbolRoles(graph: Graph): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const [input, dims] of inputDims(graph)) {
    dims.forEach((dim, axis) => {
      if (typeof dim === 'string' && !roles.has(dim))
        roles.set(dim, roleOf(graph, input, dim, axis, dims.length));
    });
  }
  return roles;
}

function roleOf(graph: Graph, input: string, symbol: string, axis: number, rank: number): Role {
  if (/batch|^n$|^b$|^bs$/i.test(symbol)) return 'batch';
  if (/height|^h$|^h_?in$/i.test(symbol)) return 'height';
  if (/width|^w$|^w_?in$/i.test(symbol)) return 'width';
  if (axis === 0 && rank !== 1) return 'batch';
  if (rank >= 4) return axis === 1 ? (channelsOf(graph, input) ?? 3) : axis === rank - 1 ? 'width' : 'height';
  return rank === 3 && axis === 1 ? (channelsOf(graph, input) ?? 'length') : 'length';
}

/** The channels that a convolution on the input wants. */
function channelsOf(graph: Graph, input: string): number | null {
  for (const node of graph.nodes) {
    if (node.opType !== 'Conv' || node.inputs[0] !== input) continue;
    const perGroup = graph.initializers.get(node.inputs[1] ?? '')?.dims[1];
    if (perGroup !== undefined) return perGroup * intAttribute(node, 'group', 1);
  }
  return null;
}
