import type { TensorReader } from '../algebra/kernel/vectorExpr';
import type { FusionPlan } from '../fuse/plan';
import type { Chunk } from '../ports';
import type { OtherEntry } from './checkpoint';
import type { CheckpointSource } from './checkpointModel';
import { replacements } from './replacements';
import type { SafetensorsFile } from './safetensors/readSafetensors';
import { safetensorsChunks } from './safetensors/writeSafetensors';
import type { TorchFile } from './torch/readTorchCheckpoint';
import { torchChunks } from './torch/writeTorchCheckpoint';

/** A checkpoint to be written: of the kind that was read. */
export interface EncodedCheckpoint {
  readonly chunks: readonly Chunk[];
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The checkpoint with each block of the plan as one convolution. All else is copied byte for byte, but for optimizers, whose
 * state belongs to weights that are gone, and for what keeps `torch.load(weights_only=True)` from reading the file.
 */
export function encodeCheckpoint(
  source: CheckpointSource,
  plan: FusionPlan,
  read: TensorReader,
): EncodedCheckpoint {
  const changes = replacements(source, plan, read);
  const { checkpoint } = source;
  if (checkpoint.kind === 'safetensors')
    return { chunks: safetensorsChunks(checkpoint.file as SafetensorsFile, changes), notes: [] };
  const leave = changes.length === 0 ? [] : checkpoint.others.filter(({ kind }) => kind !== 'other');
  const file = checkpoint.file as TorchFile;
  const chunks = torchChunks(file, changes, leave);
  return { chunks, notes: leave.map(leftOut) };
}

function leftOut({ path, kind }: OtherEntry): string {
  return kind === 'optimizer'
    ? `"${path}" is left out: the state of an optimizer belongs to weights that are merged now.`
    : `"${path}" is left out: it is more than data to Python, and torch.load(weights_only=True) would refuse the file for it.`;
}
