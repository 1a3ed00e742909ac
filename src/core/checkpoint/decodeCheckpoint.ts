import type { Model } from '../ir/model';
import { printableSentence } from '../onnx/printableSentence';
import { attempt, fail, type Result } from '../result';
import { memorySource } from '../torch/archive/byteSources';
import type { GivenAssumptions } from './assumptions';
import type { Checkpoint } from './checkpoint';
import { checkpointModel, checkpointSource } from './checkpointModel';
import { counterpartModel } from './counterpart';
import { readSafetensors } from './safetensors/readSafetensors';

export interface CheckpointOptions {
  /** What somebody says of it, in the place of what is assumed. */
  readonly given?: GivenAssumptions;
  /** The checkpoint's train form, where it is known: its blocks are looked up under the names that their deploy form loads. */
  readonly trainForm?: Model;
}

export interface DecodeSafetensorsOptions extends CheckpointOptions {
  /** Named at the head of every problem. */
  readonly fileName: string;
  /** Reads a part of the file's bytes before it is used, where not all of the file was read. */
  readonly touch?: (view: Uint8Array) => void;
}

/** The blocks of a safetensors file as a model. Weights are read when a tensor's `bytes()` is called. */
export function decodeSafetensors(
  bytes: Uint8Array,
  { fileName, touch = () => undefined, ...options }: DecodeSafetensorsOptions,
): Result<Model> {
  const result = attempt(() => modelOfCheckpoint(readSafetensors(memorySource(bytes, touch)), options));
  return result.ok
    ? result
    : fail(result.problem.code, `${fileName}: ${printableSentence(result.problem.message)}`);
}

/** The blocks of a checkpoint as a model; beside a train form, those that are its blocks. */
export function modelOfCheckpoint(checkpoint: Checkpoint, { given, trainForm }: CheckpointOptions): Model {
  const train = trainForm === undefined ? null : checkpointSource(trainForm);
  return train === null ? checkpointModel(checkpoint, given) : counterpartModel(checkpoint, train, given);
}
