import type { Model } from '../ir/model';
import type { GivenAssumptions } from './assumptions';
import { findBlocks } from './blocks/findBlocks';
import type { FoundBlock } from './blocks/foundBlock';
import type { Checkpoint, StateDict } from './checkpoint';
import { drawFound, modelOf, type CheckpointSource, type DrawnBlock } from './checkpointModel';
import { blockType } from './graph/drawBlock';
import { drawConvolution, drawMissing } from './graph/drawConvolution';
import { GraphBuilder } from './graph/graphBuilder';

/**
 * The model of a checkpoint that claims to be another one, merged: each block of the first is looked up under the names that
 * its deploy form loads, or else under its own. Names alone would say less: "conv.weight" may be any convolution.
 * @param given what somebody says of it; what was said of the first where nobody does.
 */
export function counterpartModel(
  checkpoint: Checkpoint,
  original: CheckpointSource,
  given: GivenAssumptions = original.given,
): Model {
  const builder = new GraphBuilder();
  const drawn: DrawnBlock[] = [];
  const lost: { readonly name: string; readonly entry: string }[] = [];
  const found = new Map<StateDict, ReadonlyMap<string, FoundBlock>>();
  for (const { block, label } of original.blocks) {
    const state = counterpartState(checkpoint, original, block.state);
    if (state !== null && !found.has(state)) {
      const own = findBlocks(state, given);
      found.set(state, new Map(own.map((one) => [`${one.convention.name} ${one.name}`, one])));
    }
    const same = state === null ? undefined : found.get(state)?.get(`${block.convention.name} ${block.name}`);
    const isUnmerged = same?.complete === true && same.measures !== null;
    if (same !== undefined && (isUnmerged || block.refusal !== null))
      drawn.push({ ...drawFound(builder, same, label), block: same, label });
    else if (state === null || !drawMergedForm(builder, block, state, label)) {
      missing(builder, block, label);
      lost.push({ name: `${label}${block.name}`, entry: block.deploy.weight });
    }
  }
  const source = { checkpoint, given, blocks: drawn, assumptions: [], missing: lost };
  return modelOf(builder, { kind: 'checkpoint', ...source });
}

/** The state dict under the same path; of two files with one each, that one. */
export function counterpartState(
  { states }: Checkpoint,
  original: Pick<CheckpointSource, 'checkpoint'>,
  state: StateDict,
): StateDict | null {
  const same = states.find(({ path }) => path === state.path);
  if (same !== undefined) return same;
  return original.checkpoint.states[0] === state ? (states[0] ?? null) : null;
}

/** An entry's name in another state dict: wrappers differ. */
export function renamed(name: string, from: StateDict, to: StateDict): string {
  return name.startsWith(from.wrapper) ? to.wrapper + name.slice(from.wrapper.length) : name;
}

function drawMergedForm(builder: GraphBuilder, block: FoundBlock, state: StateDict, label: string): boolean {
  const { deploy, measures, name, refusal } = block;
  const weightName = renamed(deploy.weight, block.state, state);
  const biasName = renamed(deploy.bias, block.state, state);
  const [weight, bias] = [state.entries.get(weightName), state.entries.get(biasName)];
  if (weight === undefined || measures === null || refusal !== null) return false;
  const [out = 0, width = 0, ...taps] = weight.dims;
  const hasGroups = width * measures.groups === measures.inChannels && out % measures.groups === 0;
  if (!hasGroups || taps.length !== measures.taps.length || (bias !== undefined && bias.dims[0] !== out))
    return false;
  drawConvolution(builder, {
    ...{ title: `${label}${name}`, path: `${label}${weightName.replace(/\.?weight$/, '')}` },
    weight: { name: `${label}${weightName}`, tensor: weight },
    bias: bias === undefined ? null : { name: `${label}${biasName}`, tensor: bias },
    ...{ groups: measures.groups, dtype: weight.dtype },
  });
  return true;
}

function missing(builder: GraphBuilder, block: FoundBlock, label: string): void {
  const { inChannels = 1, outChannels = 1, taps = [1, 1] } = block.measures ?? {};
  drawMissing(builder, `${label}${block.name}`, {
    ...{ dtype: blockType(block), channels: [inChannels, outChannels], axes: taps.length },
  });
}
