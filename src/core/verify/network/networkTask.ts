import type { GivenSample } from '../../inputs/givenSample';
import type { Model } from '../../ir/model';
import type { ModelRunner, Progress } from '../../ports';
import type { NdArray } from '../../tensor/tensor';
import type { Side } from '../side';
import type { ExactMemo } from './exactRuns';
import type { Sample } from './samples';

/** What the comparison of two whole networks needs. */
export interface NetworkTask {
  readonly original: Side;
  readonly fused: Side;
  /** The fused model as it will be used: its functions not inlined. */
  readonly fusedModel: Model;
  /** Names of the fused model by the original's. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** Whether structure and blocks already cover the whole network, so that runs only have to confirm it. */
  readonly isComplete: boolean;
  readonly runner: ModelRunner;
  readonly samples: number;
  readonly seed: number;
  /** Sizes that somebody chose for the original's open dimensions, by symbol. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Inputs that somebody gave, or that lie beside the model: run after the drawn ones. */
  readonly given?: readonly GivenSample[];
  readonly memo?: ExactMemo;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** A network's outputs, always under the original's names. */
export type Outputs = ReadonlyMap<string, NdArray>;

/** A sample as the fused model wants it. */
export function fusedFeeds(task: NetworkTask, sample: Sample): ReadonlyMap<string, NdArray> {
  return new Map([...sample.feeds].map(([name, array]) => [task.inputs.get(name) ?? name, array]));
}

/** The fused model's outputs under the original's names. */
export function fusedOutputs(task: NetworkTask, results: Outputs): Outputs {
  return new Map([...task.outputs].map(([ours, theirs]) => [ours, results.get(theirs) as NdArray]));
}
