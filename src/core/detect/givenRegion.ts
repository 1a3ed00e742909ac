import type { Model } from '../ir/model';
import { analyse, type Analysis } from './analysis';
import type { Block, Refusal } from './block';
import { mergedForm } from './candidates';
import { fusableBlock, numbered, refusedBlock, type Detection } from './detect';
import type { Family } from './family';
import { isObstacle, obstacle, type Obstacle } from './obstacle';
import { collectRegion, interpret } from './region';
import { canRemove } from './removable';

/** A part of a model that somebody who knows its names says is a block. */
export interface GivenRegion {
  readonly source: string;
  readonly sink: string;
  /** The module. */
  readonly path: string;
  readonly family: Family;
  /** Why it is not to be merged, whatever it computes. */
  readonly refusal: Omit<Refusal, 'nodes'> | null;
}

/**
 * `detect` where the blocks are known: nothing is searched for, and nothing left apart because it would not pay, since a deploy
 * form has one convolution for each. What a block computes is found as ever, and refused where it is not one convolution.
 */
export function detectRegions(model: Model, regions: readonly GivenRegion[]): Detection {
  const analysis = analyse(model);
  const blocks = regions.map((region) => blockOf(analysis, region));
  return { analysis, blocks: numbered(analysis, blocks) };
}

function blockOf(analysis: Analysis, given: GivenRegion): Block {
  const { source, sink, path, family, refusal } = given;
  const region = collectRegion(analysis, source, sink) ?? { source, sink, nodes: [] };
  const shown = { family, modulePath: path };
  const refused = (found: Obstacle): Block => ({
    ...refusedBlock(analysis, analysis, { region, obstacle: found }),
    ...shown,
  });
  if (refusal !== null) {
    const block = refused(obstacle(refusal.code, refusal.message, ...region.nodes));
    const { asks } = refusal;
    if (block.refusal === null || asks === undefined) return block;
    return { ...block, refusal: { ...block.refusal, asks } };
  }
  const { order, operatorAt } = interpret(analysis, region);
  const operator = operatorAt(sink);
  if (isObstacle(operator)) return refused(operator);
  const form = mergedForm(operator, order);
  const removal = canRemove(analysis, region);
  if (isObstacle(removal)) return refused(removal);
  if (form === null)
    return refused(obstacle('unsupported-op', `"${path}" is no convolution.`, ...region.nodes));
  return { ...fusableBlock(analysis, analysis, { region, operator, form, dead: removal.dead }), ...shown };
}
