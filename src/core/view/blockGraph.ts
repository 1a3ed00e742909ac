import { isJoin } from '../detect/candidates';
import type { Block } from '../detect/block';
import { variableInputs, type Analysis } from '../detect/analysis';
import type { Detection } from '../detect/detect';
import { convGeometry } from '../algebra/kernel/mergedConv';
import { kernelWord } from '../detect/branchLabel';
import type { Node } from '../ir/model';
import { shapeText } from './shapeText';

/** One block as two small graphs, before and after; no layout. */
export interface BlockGraph {
  readonly id: string;
  readonly before: GraphView;
  /** null for a refused block. */
  readonly after: GraphView | null;
}

export interface GraphView {
  readonly vertices: readonly Vertex[];
  readonly edges: readonly Edge[];
}

export interface Vertex {
  readonly id: string;
  readonly kind: 'source' | 'op' | 'merge' | 'sink';
  /** "Conv 3×3", "BatchNormalization", or the tensor's name. */
  readonly title: string;
  /** The output's shape, as a person writes it: "N×64×56×56". */
  readonly shape: string;
  /** Name of the graph's node; null for source and sink. */
  readonly node: string | null;
  /** Index of the branch it belongs to; null where several meet. */
  readonly lane: number | null;
  /** Whether the refusal points at it. */
  readonly atFault: boolean;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** The branch graph of a block; null when the model has no block of that id. */
export function blockGraph({ analysis, blocks }: Detection, id: string): BlockGraph | null {
  const block = blocks.find((candidate) => candidate.id === id);
  return block === undefined ? null : { id, before: before(analysis, block), after: after(analysis, block) };
}

function before(analysis: Analysis, block: Block): GraphView {
  const { region } = block;
  const faulty = new Set(block.refusal?.nodes ?? []);
  const lanes = lanesOf(block);
  const owner = new Map<string, string>([[region.source, SOURCE]]);
  const vertices: Vertex[] = [end(analysis, 'source', region.source)];
  const edges: Edge[] = [];
  for (const node of region.nodes) {
    const output = node.outputs[0] ?? '';
    owner.set(output, node.name);
    vertices.push({
      id: node.name,
      kind: isJoin(analysis, node) ? 'merge' : 'op',
      title: opTitle(analysis, node),
      shape: shapeText(analysis, output),
      node: node.name,
      lane: lanes.get(node.name) ?? null,
      atFault: faulty.has(node.name),
    });
  }
  for (const node of region.nodes) {
    for (const input of variableInputs(analysis, node)) {
      const from = owner.get(input);
      if (from !== undefined) edges.push({ from, to: node.name });
    }
  }
  const last = owner.get(region.sink);
  vertices.push(end(analysis, 'sink', region.sink));
  if (last !== undefined) edges.push({ from: last, to: SINK });
  return { vertices, edges };
}

function after(analysis: Analysis, block: Block): GraphView | null {
  if (block.status !== 'fusable') return null;
  const { geometry } = convGeometry(block.operator.geometry);
  const merged = `${block.id}.merged`;
  const conv: Vertex = {
    id: merged,
    kind: 'op',
    title: `Conv ${kernelWord(geometry)}`,
    shape: shapeText(analysis, block.region.sink),
    node: null,
    lane: null,
    atFault: false,
  };
  return {
    vertices: [end(analysis, 'source', block.region.source), conv, end(analysis, 'sink', block.region.sink)],
    edges: [
      { from: SOURCE, to: merged },
      { from: merged, to: SINK },
    ],
  };
}

const SOURCE = 'source';
const SINK = 'sink';

function end(analysis: Analysis, kind: 'source' | 'sink', value: string): Vertex {
  return {
    id: kind,
    kind,
    title: value,
    shape: shapeText(analysis, value),
    node: null,
    lane: null,
    atFault: false,
  };
}

/** Nodes that belong to exactly one branch. */
function lanesOf(block: Block): ReadonlyMap<string, number> {
  const lanes = new Map<string, number>();
  const shared = new Set<string>();
  block.branches.forEach((branch, lane) => {
    for (const node of branch.nodes) {
      if (lanes.has(node)) shared.add(node);
      lanes.set(node, lane);
    }
  });
  for (const node of shared) lanes.delete(node);
  return lanes;
}

function opTitle(analysis: Analysis, node: Node): string {
  const taps = analysis.facts.constants.get(node.inputs[1] ?? '')?.dims.slice(2) ?? [];
  return node.opType === 'Conv' && taps.length > 0 ? `Conv ${taps.join('×')}` : node.opType;
}
