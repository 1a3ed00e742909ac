import type { Assumption, GivenAssumptions } from './checkpoint/assumptions';
import { checkpointSource, givenRegions } from './checkpoint/checkpointModel';
import { compareEntries } from './checkpoint/compareEntries';
import { decodeSafetensors, modelOfCheckpoint, type CheckpointOptions } from './checkpoint/decodeCheckpoint';
import { encodeCheckpoint } from './checkpoint/encodeCheckpoint';
import { isSafetensors } from './checkpoint/safetensors/readSafetensors';
import { readTorchCheckpoint } from './checkpoint/torch/readTorchCheckpoint';
import { detect, type Detection } from './detect/detect';
import { detectRegions } from './detect/givenRegion';
import { explainModels } from './explain/explain';
import { ALIKE } from './explain/likeness';
import { applyPlan } from './fuse/apply';
import { freeBatch } from './fuse/dynamic/freeBatch';
import { heldBatch } from './fuse/dynamic/heldBatch';
import { planFusion, type FusionPlan, type PlanOptions } from './fuse/plan';
import type { GivenSample } from './inputs/givenSample';
import type { Model } from './ir/model';
import { decodeOnnx, type DecodeOptions } from './onnx/decode';
import { encodeOnnx, type EncodedModel } from './onnx/encode';
import type { OutputFormat } from './outputFormat';
import type { CompanionFiles, ModelRunner, Progress } from './ports';
import { attempt, attemptAsync, fail, raise, unwrap, type Result } from './result';
import { isZip } from './torch/archive/zipDirectory';
import { decodeTorch } from './torch/decodeTorch';
import { encodeTorch } from './torch/encodeTorch';
import { readScript, type GivenShapes } from './torchscript/readScript';
import type { Archive } from './torch/archive/archive';
import type { VerificationReport } from './verify/report';
import { compareBackends } from './verify/backends';
import { IDENTICAL } from './verify/match/likeness';
import type { ExactMemo } from './verify/network/exactRuns';
import { sideOf } from './verify/side';
import { triangulate } from './verify/triangulate';
import { verifyModels } from './verify/verify';

/**
 * The only file that composes the stages: bytes → Model → blocks → plan → Model′ → bytes. Runs in a worker, on the command
 * line and in a notebook alike; the world comes in through ports.
 */

export interface ModelFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly companions: CompanionFiles;
  /** Reads a part of `bytes` before it is used, where not all of the file was read. */
  readonly touch?: (view: Uint8Array) => void;
  /** See `DecodeModelOptions`. */
  readonly shapes?: GivenShapes;
  readonly given?: GivenAssumptions;
}

export interface Watch {
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

export interface DecodeModelOptions extends DecodeOptions, CheckpointOptions {
  /** Shapes of inputs by name, for TorchScript, which says none. */
  readonly shapes?: GivenShapes;
}

/** Reads a model of whatever format its content says. */
export function decodeModel(bytes: Uint8Array, options: DecodeModelOptions): Result<Model> {
  if (isSafetensors(bytes)) return decodeSafetensors(bytes, options);
  if (!isZip(bytes)) return decodeOnnx(bytes, options);
  const readOther = (archive: Archive): Model | null => {
    const script = readScript(archive, options.shapes);
    const checkpoint = script === null ? readTorchCheckpoint(archive) : null;
    return checkpoint === null ? script : modelOfCheckpoint(checkpoint, options);
  };
  return decodeTorch(bytes, { ...options, readOther });
}

/** Reads a model and finds its blocks. */
export function openModel(file: ModelFile, watch: Watch = {}): Result<Detection> {
  return attempt(() => {
    watch.progress?.(0, 'reading the model');
    const model = unwrap(decodeModel(file.bytes, file));
    if (file.shapes !== undefined && file.shapes.size > 0 && model.format !== 'torchscript')
      raise(
        'usage',
        `${file.fileName}: shapes are for TorchScript, and this model says its own; open sizes are given with --sizes.`,
      );
    const checkpoint = checkpointSource(model);
    if (checkpoint === null && file.given !== undefined)
      raise(
        'usage',
        `${file.fileName}: BN eps and identities are given for checkpoints only (--bn-eps, --identity); this model says both.`,
      );
    watch.signal?.throwIfAborted();
    watch.progress?.(0.5, 'looking for blocks');
    return checkpoint === null ? detect(model) : detectRegions(model, givenRegions(checkpoint));
  });
}

/** What was assumed of a checkpoint's blocks; nothing of any other model. */
export function assumptionsOf({ analysis }: Detection): readonly Assumption[] {
  return checkpointSource(analysis.original)?.assumptions ?? [];
}

export interface Fusion {
  readonly plan: FusionPlan;
  /** The merged model; its new tensors are computed when somebody reads their bytes. */
  readonly model: Model;
}

/** Plans and applies the fusion of all fusable blocks or of those named. */
export function fuseModel(
  detection: Detection,
  only?: ReadonlySet<string>,
  options: PlanOptions = {},
): Result<Fusion> {
  const unknown = [...(only ?? [])].find((id) => !detection.blocks.some((block) => block.id === id));
  if (unknown !== undefined) {
    const known = detection.blocks.map((block) => block.id).join(', ');
    return fail('usage', `There is no block "${unknown}"; the model has ${known === '' ? 'none' : known}.`);
  }
  return attempt(() => {
    const batch = options.batchFree === true ? heldBatch(detection, only) : null;
    const plan = planFusion(detection, only, options);
    const model = applyPlan(detection.analysis, plan);
    return { plan, model: batch === null ? model : freeBatch(model, batch) };
  });
}

/** The bytes of a model as lists of chunks. @param dataFile name of a companion for weights that do not fit into one file of ONNX. */
export function encodeModel(
  model: Model,
  dataFile?: string,
  format: OutputFormat = 'onnx',
): Result<EncodedModel> {
  if (format === 'pt2') return attempt(() => encodeTorch(model));
  return attempt(() => encodeOnnx(model, dataFile === undefined ? {} : { overflowFile: dataFile }));
}

export interface EncodedFusion extends EncodedModel {
  /** What else is to be known of the file, one sentence each. */
  readonly notes: readonly string[];
}

/** The bytes of what a fusion made: of a checkpoint one of its own kind, else of the format. */
export function encodeFusion(
  { analysis }: Detection,
  { plan, model }: Fusion,
  dataFile?: string,
  format: OutputFormat = 'onnx',
): Result<EncodedFusion> {
  return attempt(() => {
    const checkpoint = checkpointSource(analysis.original);
    if (checkpoint === null) return { ...unwrap(encodeModel(model, dataFile, format)), notes: [] };
    const { chunks, notes } = encodeCheckpoint(checkpoint, plan, analysis.read);
    return { main: chunks, external: [], notes };
  });
}

export interface Measurement {
  readonly runner: ModelRunner;
  /** Inputs to run the whole network on. */
  readonly samples?: number;
  /** The same seed gives the same inputs. */
  readonly seed?: number;
  /** Sizes of the original's open dimensions, by symbol; chosen when left out. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Inputs that somebody gave: run besides the drawn ones. */
  readonly given?: readonly GivenSample[];
  /** See `VerifyOptions`. */
  readonly memo?: ExactMemo;
}

/** Compares a model with one that claims to be it, merged. */
export function verifyFused(
  original: Detection,
  fused: ModelFile,
  measurement: Measurement,
  watch: Watch = {},
): Promise<Result<VerificationReport>> {
  return attemptAsync(async () => {
    const model = unwrap(decodeSecond(original, fused));
    const outside = compareEntries(original.analysis.original, model, IDENTICAL.tensors);
    const report = await verifyModels({ original, fused: model, ...measurement, ...watch });
    return withEntries(report, original, outside);
  });
}

/** Reads a model that is to be compared with one that is open: a checkpoint by the blocks of that one. */
export function decodeSecond(
  { analysis }: Detection,
  { bytes, fileName, companions, given, shapes = new Map() }: ModelFile,
): Result<Model> {
  const own = given === undefined ? {} : { given };
  return decodeModel(bytes, { fileName, companions, shapes, ...own, trainForm: analysis.original });
}

/** A report on the blocks of two checkpoints, and what lies beside them. */
function withEntries(
  report: VerificationReport,
  original: Detection,
  outside: ReturnType<typeof compareEntries>,
): VerificationReport {
  const assumptions = assumptionsOf(original);
  const noted = assumptions.length === 0 ? report : { ...report, assumptions };
  if (outside === null) return noted;
  const isWorse = outside.decides || report.verdict !== 'not-equivalent';
  const reason = isWorse ? outside.message : `${report.reason} ${outside.message}`;
  return { ...noted, verdict: 'not-equivalent', reason };
}

/** `verifyFused` for any two models that should agree, with the faults of each block that does not: a train form and its deploy form. */
export function explainPair(
  train: Detection,
  deploy: ModelFile,
  measurement: Measurement,
  watch: Watch = {},
): Promise<Result<VerificationReport>> {
  return attemptAsync(async () => {
    const model = unwrap(decodeSecond(train, deploy));
    const outside = compareEntries(train.analysis.original, model, ALIKE.tensors);
    const report = await explainModels({ original: train, fused: model, ...measurement, ...watch });
    return withEntries(report, train, outside);
  });
}

export interface Backends extends Omit<Measurement, 'runner'> {
  readonly wasm: ModelRunner;
  /** A problem: why there is no GPU. null: it is not wanted. */
  readonly webgpu: Result<ModelRunner> | null;
  /** Whether to look for the faults of blocks that differ: `explainPair` in the place of `verifyFused`. */
  readonly explains?: boolean;
}

/** `verifyFused` on wasm and, where there is a GPU that computes the original as wasm does, on WebGPU. */
export function verifyOnBoth(
  original: Detection,
  fused: ModelFile,
  { wasm, webgpu, explains = false, ...measurement }: Backends,
  watch: Watch = {},
): Promise<Result<VerificationReport>> {
  return attemptAsync(async () => {
    const memo: ExactMemo = new Map();
    const compare = explains ? explainPair : verifyFused;
    const measure = async (runner: ModelRunner, from: number, to: number): Promise<VerificationReport> =>
      unwrap(await compare(original, fused, { ...measurement, runner, memo }, part(watch, from, to, runner)));
    if (webgpu === null) return await measure(wasm, 0, 1);
    if (!webgpu.ok) {
      const report = await measure(wasm, 0, 1);
      return {
        ...report,
        reason: `${report.reason} It was measured on wasm only: ${webgpu.problem.message}`,
      };
    }
    const gpu = webgpu.value;
    const onWasm = await measure(wasm, 0, 0.4);
    watch.progress?.(0.4, 'comparing WebGPU with wasm on the original');
    const backends = await compareBackends({
      original: sideOf(original.analysis.model),
      reference: wasm,
      checked: gpu,
      seed: measurement.seed ?? 0,
      ...(measurement.sizes === undefined ? {} : { sizes: measurement.sizes }),
      ...(watch.signal === undefined ? {} : { signal: watch.signal }),
    });
    const usable = backends.kind === 'agree' || (backends.kind === 'notRun' && backends.provider === 'wasm');
    const onGpu = usable ? await measure(gpu, 0.5, 1) : null;
    return triangulate({ wasm: onWasm, backends, adapter: gpu.adapter ?? 'unnamed adapter', webgpu: onGpu });
  });
}

/** The progress of a part of a longer job. */
function part(watch: Watch, from: number, to: number, { provider }: ModelRunner): Watch {
  return {
    ...watch,
    progress: (fraction, label) => watch.progress?.(from + (to - from) * fraction, `${provider}: ${label}`),
  };
}
