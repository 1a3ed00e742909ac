import type { GivenAssumptions } from '../../core/checkpoint/assumptions';
import type { PixelScale } from '../../core/inputs/pixelScale';
import {
  decodeSecond,
  verifyOnBoth,
  type Measurement,
  type ModelFile,
  type Watch,
} from '../../core/pipeline';
import type { Provider } from '../../core/ports';
import type { GivenShapes } from '../../core/torchscript/readScript';
import { attemptAsync, unwrap, type Result } from '../../core/result';
import type { VerificationReport } from '../../core/verify/report';
import type { VerificationRecord } from '../../core/view/report/verificationRecord';
import { decodePicture } from '../../platform/node/decodePicture';
import { RUNTIME_VERSION } from '../../runtime/runtimeVersion';
import { diskFiles } from '../files/diskFiles';
import type { ModelFiles } from '../files/modelFiles';
import { givenSamples, type GivenInputs } from '../givenInputs';
import { notedCompanions } from '../notedCompanions';
import { verificationRecord } from '../verificationRecord';
import { fileRecord } from './fileRecord';
import { nodeRunners } from './nodeRunners';
import { openSource, type OpenedFile } from './openSource';

export interface VerifyOptions {
  readonly provider?: Provider;
  readonly samples?: number;
  readonly seed?: number;
  /** Sizes of the original's open dimensions, by symbol; chosen when left out. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** See `DecodeModelOptions`; for both models. */
  readonly shapes?: GivenShapes;
  /** Of the second model, where it has others. */
  readonly fusedShapes?: GivenShapes;
  /** What is said of the second checkpoint; that of the first where nothing is. */
  readonly fusedGiven?: GivenAssumptions;
  /** What somebody says of two checkpoints, in the place of what is assumed. */
  readonly given?: GivenAssumptions;
  /** Paths of .npy, .npz, PNG, JPEG or tensor files to run besides the drawn inputs. */
  readonly inputs?: readonly string[];
  readonly pixels?: PixelScale;
  /** Whether to look for the faults of blocks that differ. */
  readonly explains?: boolean;
  /** Folder that holds onnxruntime's binaries. */
  readonly ortFolder: string;
}

/** Compares a model with what somebody, RepLens or another, made of it. @param files where they and the inputs lie. */
export function verifyFiles(
  original: string,
  fused: string,
  options: VerifyOptions,
  watch: Watch = {},
  files: ModelFiles = diskFiles,
): Promise<Result<VerificationRecord>> {
  return attemptAsync(async () => {
    const { samples = 3, seed = 0, sizes = new Map<string, number>(), shapes = new Map() } = options;
    const { fusedShapes = shapes, fusedGiven } = options;
    const given = options.given === undefined ? {} : { given: options.given };
    const file = openSource(original, await files.read(original, watch), watch, { shapes, ...given });
    try {
      const source = await files.read(fused, watch);
      try {
        const { model } = file.detection.analysis;
        const companions = notedCompanions(source.companions);
        const second = {
          ...{ fileName: source.title, bytes: source.bytes, companions },
          shapes: fusedShapes,
          ...(fusedGiven === undefined ? {} : { given: fusedGiven }),
        };
        const fusedModel = unwrap(decodeSecond(file.detection, second));
        const inputs = await givenSamples(model, await givenFiles(files, original, options), decodePicture);
        const measurement = { samples, seed, sizes, given: inputs };
        const report = await measure(file, second, measurement, options, watch);
        return verificationRecord(report, {
          ...{ original: model, fused: fusedModel, runtime: RUNTIME_VERSION, seed, samples, sizes },
          files: {
            original: fileRecord(file.name, file.bytes, file.companions),
            fused: fileRecord(source.name, second.bytes, companions),
          },
          inputFiles: inputs.map(({ label }) => label),
        });
      } finally {
        source.close();
      }
    } finally {
      file.close();
    }
  });
}

async function measure(
  { detection }: OpenedFile,
  fused: ModelFile,
  measurement: Omit<Measurement, 'runner'>,
  { provider, ortFolder, explains = false }: VerifyOptions,
  watch: Watch,
): Promise<VerificationReport> {
  const { wasm, webgpu } = await nodeRunners({ ortFolder, wantsGpu: provider === 'webgpu' });
  const run = (gpu: typeof webgpu): Promise<Result<VerificationReport>> =>
    verifyOnBoth(detection, fused, { ...measurement, explains, wasm, webgpu: gpu }, watch);
  if (webgpu?.ok !== true) return unwrap(await run(webgpu));
  const outcome = await attemptAsync(async () =>
    unwrap(await Promise.race([run(webgpu), webgpu.value.lost])),
  );
  if (outcome.ok || outcome.problem.code !== 'failed') return unwrap(outcome);
  // the device went away, or it had not the memory: what wasm finds is better than nothing
  return unwrap(await run({ ok: false, problem: outcome.problem }));
}

async function givenFiles(
  files: ModelFiles,
  original: string,
  { inputs = [], pixels, sizes }: VerifyOptions,
): Promise<GivenInputs> {
  const chosen = [];
  for (const path of inputs) chosen.push(await files.input(path));
  return {
    chosen,
    beside: await files.samples(original),
    sizes: sizes ?? new Map<string, number>(),
    ...(pixels === undefined ? {} : { pixels }),
  };
}
