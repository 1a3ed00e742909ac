import type { GivenRegion } from '../detect/givenRegion';
import type { Graph, Model } from '../ir/model';
import { gathered, type Assumption, type GivenAssumptions } from './assumptions';
import { byName } from './blocks/byName';
import { findBlocks } from './blocks/findBlocks';
import type { FoundBlock } from './blocks/foundBlock';
import { mainWeight } from './blocks/measure';
import { under } from './blocks/nameIndex';
import type { Checkpoint, StateDict } from './checkpoint';
import { CONVENTIONS } from './conventions/conventions';
import { blockType, drawBlock, type Drawn } from './graph/drawBlock';
import { drawConvolution } from './graph/drawConvolution';
import { GraphBuilder } from './graph/graphBuilder';

/** What stands behind a model that was made of a checkpoint. */
export interface CheckpointSource {
  readonly kind: 'checkpoint';
  readonly checkpoint: Checkpoint;
  readonly given: GivenAssumptions;
  readonly blocks: readonly DrawnBlock[];
  readonly assumptions: readonly Assumption[];
  /** Of a checkpoint that was read beside its train form: blocks that are in it in no form, and the entry that was looked for. */
  readonly missing?: readonly { readonly name: string; readonly entry: string }[];
}

export interface DrawnBlock extends Drawn {
  readonly block: FoundBlock;
  /** Stands before the names of a second state dict's blocks; '' for the first. */
  readonly label: string;
}

/** The operator set in which `BatchNormalization` takes parameters of another type. */
const OPSET = 20;

/** The blocks of a checkpoint as one model: each a small graph from an input of its own to an output of its own. */
export function checkpointModel(checkpoint: Checkpoint, given: GivenAssumptions = {}): Model {
  const builder = new GraphBuilder();
  const drawn: DrawnBlock[] = [];
  let labelled = 0;
  for (const state of checkpoint.states) {
    const found = findBlocks(state, given);
    // who writes safetensors sorts the names as text, "10" before "2"; a state dict has the order of the network
    const blocks = checkpoint.kind === 'safetensors' ? byName(found) : found;
    const label = labelled > 0 ? `${state.path}:` : '';
    for (const block of blocks) drawn.push({ ...drawFound(builder, block, label), block, label });
    const merged = blocks.length === 0 ? drawMerged(builder, state, label) : 0;
    if (blocks.length > 0 || merged > 0) labelled += 1;
  }
  const assumptions = gathered(
    drawn.map(({ block, label }) => ({ name: `${label}${block.name}`, assumptions: block.assumptions })),
  );
  return modelOf(builder, { kind: 'checkpoint', checkpoint, given, blocks: drawn, assumptions });
}

/** The model of a graph that was drawn, behind it the checkpoint. */
export function modelOf(builder: GraphBuilder, source: CheckpointSource): Model {
  const { inputs, outputs, nodes, initializers } = builder;
  const graph: Graph = {
    ...{ name: 'blocks', inputs, outputs, nodes, initializers },
    ...{ overridable: new Set(), valueTypes: new Map() },
  };
  const producer = source.checkpoint.kind === 'torch' ? 'a PyTorch checkpoint' : 'a safetensors file';
  const opsets = new Map([['', OPSET]]);
  return { format: 'checkpoint', graph, functions: [], opsets, producer, source };
}

/** What stands behind a model; null for one that was no checkpoint. */
export function checkpointSource({ format, source }: Model): CheckpointSource | null {
  return format === 'checkpoint' ? (source as CheckpointSource) : null;
}

/** The parts of the model that are blocks. */
export function givenRegions({ blocks }: CheckpointSource): readonly GivenRegion[] {
  return blocks.map(({ block, label, source, sink }) => ({
    ...{ source, sink, path: `${label}${block.name}`, family: block.convention.family },
    refusal: block.refusal,
  }));
}

/** A block with all its branches; of one that lacks entries, or whose entries don't fit, the convolution that is there. */
export function drawFound(builder: GraphBuilder, block: FoundBlock, label: string): Drawn {
  const { state, steps, measures, name } = block;
  const isWhole = measures !== null && block.complete;
  if (isWhole) return drawBlock(builder, block, label);
  const weight = mainWeight(steps, (entry) => state.entries.get(entry));
  const entry = block.entries.find((own) => state.entries.get(own) === weight) ?? block.deploy.weight;
  return drawConvolution(builder, {
    ...{ title: `${label}${name}`, path: `${label}${name}`, bias: null, groups: 1, dtype: blockType(block) },
    weight: {
      name: `${label}${entry}`,
      tensor: weight ?? { dtype: 'float32', dims: [1, 1], bytes: () => new Uint8Array(4) },
    },
  });
}

/** Deploy forms whose name says what they are: so a fused file shows what was merged. */
function drawMerged(builder: GraphBuilder, state: StateDict, label: string): number {
  const modules = new Set(
    CONVENTIONS.map(({ deploy }) => deploy).filter((name) => /_?reparam|^fused_conv/.test(name)),
  );
  let count = 0;
  for (const [name, tensor] of state.entries) {
    const module = [...modules].find((own) => name === `${own}.weight` || name.endsWith(`.${own}.weight`));
    if (module === undefined || tensor.dims.length < 3) continue;
    const path = name.slice(0, name.length - '.weight'.length);
    const prefix = path.slice(0, Math.max(0, path.length - module.length - 1));
    const bias = state.entries.get(under(path, 'bias'));
    const [out = 0, width = 0] = tensor.dims;
    drawConvolution(builder, {
      ...{
        title: `${label}${prefix.slice(state.wrapper.length)}`,
        path: `${label}${path}`,
        dtype: tensor.dtype,
      },
      weight: { name: `${label}${name}`, tensor },
      bias: bias === undefined ? null : { name: `${label}${under(path, 'bias')}`, tensor: bias },
      groups: width === 1 ? out : 1,
    });
    count += 1;
  }
  return count;
}
