import { detect, type Detection } from './detect/detect';
import { applyPlan } from './fuse/apply';
import { planFusion, type FusionPlan } from './fuse/plan';
import type { Model } from './ir/model';
import { decodeOnnx } from './onnx/decode';
import { encodeOnnx, type EncodedModel } from './onnx/encode';
import type { CompanionFiles, ModelRunner, Progress } from './ports';
import { attempt, attemptAsync, fail, unwrap, type Result } from './result';
import type { VerificationReport } from './verify/report';
import { verifyModels } from './verify/verify';

/**
 * The only file that composes the stages: bytes → Model → blocks → plan → Model′ → bytes. Runs in a worker, on the command
 * line and in a notebook alike; the world comes in through ports.
 */

export interface ModelFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly companions: CompanionFiles;
}

export interface Watch {
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** Reads a model and finds its blocks. */
export function openModel(file: ModelFile, watch: Watch = {}): Result<Detection> {
  return attempt(() => {
    watch.progress?.(0, 'reading the model');
    const model = unwrap(decodeOnnx(file.bytes, { fileName: file.fileName, companions: file.companions }));
    watch.signal?.throwIfAborted();
    watch.progress?.(0.5, 'looking for blocks');
    return detect(model);
  });
}

export interface Fusion {
  readonly plan: FusionPlan;
  /** The merged model; its new tensors are computed when somebody reads their bytes. */
  readonly model: Model;
}

/** Plans and applies the fusion of all fusable blocks or of those named. */
export function fuseModel(detection: Detection, only?: ReadonlySet<string>): Result<Fusion> {
  const unknown = [...(only ?? [])].find((id) => !detection.blocks.some((block) => block.id === id));
  if (unknown !== undefined) {
    const known = detection.blocks.map((block) => block.id).join(', ');
    return fail('usage', `There is no block "${unknown}"; the model has ${known === '' ? 'none' : known}.`);
  }
  return attempt(() => {
    const plan = planFusion(detection, only);
    return { plan, model: applyPlan(detection.analysis.model, plan, detection.analysis.read) };
  });
}

/** The bytes of a model as lists of chunks. @param dataFile name of a companion for weights that do not fit into one file. */
export function encodeModel(model: Model, dataFile?: string): Result<EncodedModel> {
  return attempt(() => encodeOnnx(model, dataFile === undefined ? {} : { overflowFile: dataFile }));
}

export interface Measurement {
  readonly runner: ModelRunner;
  /** Inputs to run the whole network on. */
  readonly samples?: number;
  /** The same seed gives the same inputs. */
  readonly seed?: number;
}

/** Compares a model with one that claims to be it, merged. */
export function verifyFused(
  original: Detection,
  fused: ModelFile,
  measurement: Measurement,
  watch: Watch = {},
): Promise<Result<VerificationReport>> {
  return attemptAsync(async () => {
    const { fileName, companions } = fused;
    const model = unwrap(decodeOnnx(fused.bytes, { fileName, companions }));
    return await verifyModels({ original, fused: model, ...measurement, ...watch });
  });
}
