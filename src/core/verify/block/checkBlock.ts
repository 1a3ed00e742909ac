import type { ModelRunner } from '../../ports';
import type { Part } from '../match/part';
import type { BlockComparison } from '../report';
import { keptConstants } from '../../eval/keptConstants';
import { elementCount } from '../../tensor/tensor';
import { nodesBetween } from '../certificate/nodesBetween';
import { checkCancelled } from '../runModel';
import type { Side } from '../side';
import { attentionSettings, type Attention } from './attention';
import { BlockMeasurement, unknown, type Sessions } from './blockMeasurement';
import { loadPart, type BlockPart } from './blockRuns';
import { BLOCK_MACS, blockShapes, macsPerPixel } from './blockShapes';
import { probes } from './probes';

/**
 * Compares a merged block with the block it was merged from, alone, on inputs of its own. The verdict is by float64 (see
 * bounds.ts: are two graphs one function?); the runtime's results are compared with each other and with float64 beside
 * it, so that a runtime that miscomputes a block is not taken for a wrong fusion.
 */
export interface BlockCheck {
  readonly comparison: BlockComparison;
  /** What the runtime miscomputes, in words that follow its name; null where it computes both forms within rounding. */
  readonly backendFault: string | null;
  /** Why the block was not run; null where it was. */
  readonly notRun: string | null;
  /** Why there is no certificate though no difference was found; null where there is one. */
  readonly doubt: string | null;
}

export interface BlockTask {
  readonly block: Part;
  readonly original: Side;
  readonly fused: Side;
  /** The block's ends in the fused model. */
  readonly source: string;
  readonly sink: string;
  /** The attention of a dynamic convolution, in both models. */
  readonly attention?: Attention;
  readonly runner: ModelRunner;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

export async function checkBlock(task: BlockTask): Promise<BlockCheck> {
  const { block, original, runner } = task;
  const shapes = blockShapes(original, block);
  if (shapes === null) return unknown(block, 'no size tried: the shape of its input is not known');
  const parts = {
    unfused: keeping({ side: original, source: block.region.source, sink: block.region.sink }),
    merged: keeping({ side: task.fused, source: task.source, sink: task.sink }),
  };
  const measurement = new BlockMeasurement(task, parts.unfused, parts.merged);
  const usable = measurement.computable(shapes.shapes);
  const settings = attentionSettings(task, usable[0] ?? null);
  if ('failure' in settings) return unknown(block, settings.failure);
  // a run of its own has no attention beside the image
  const sessions = block.dynamic === undefined ? await openSessions(parts, runner) : NO_SESSIONS;
  try {
    const budget = BLOCK_MACS / settings.length;
    const options = { seed: task.seed, perPixel: macsPerPixel(original, block), budget };
    for (const setting of settings) {
      measurement.turnTo(
        { ...parts.unfused, given: setting.original },
        { ...parts.merged, given: setting.fused },
      );
      let taken = 0;
      for (const probe of probes(block.id, usable, measurement.dtype, options)) {
        checkCancelled(task.signal);
        // in float64 alone the first ones show all that the later ones do
        if (sessions.unfused === null && taken++ >= 2 * usable.length) break;
        await measurement.take(probe, sessions);
      }
      measurement.certify(usable);
    }
  } finally {
    await sessions.unfused?.release();
    await sessions.merged?.release();
  }
  return measurement.judge(shapes.insteadOf, sessions.failure);
}

/** Weights of a part that are kept in float64: they take a dozen times the bytes of as many in the file. */
const MOST_KEPT = 2 ** 24;

/** With its weights kept from run to run, unless they are so many that reading them takes little of each. */
function keeping(part: BlockPart): BlockPart {
  const { constants } = part.side.facts;
  const names = new Set(nodesBetween(part).flatMap((node) => node.inputs));
  const numbers = [...names].reduce((sum, name) => sum + elementCount(constants.get(name)?.dims ?? [0]), 0);
  return numbers > MOST_KEPT ? part : { ...part, constants: keptConstants() };
}

const NO_SESSIONS: Sessions = { unfused: null, merged: null, failure: null };

async function openSessions(
  parts: { readonly unfused: BlockPart; readonly merged: BlockPart },
  runner: ModelRunner,
): Promise<Sessions> {
  const unfused = await loadPart(parts.unfused, runner);
  if ('failure' in unfused) return { unfused: null, merged: null, failure: unfused.failure };
  const merged = await loadPart(parts.merged, runner);
  if ('failure' in merged) return { unfused: unfused.value, merged: null, failure: merged.failure };
  return { unfused: unfused.value, merged: merged.value, failure: null };
}
