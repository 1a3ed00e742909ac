import { dirname } from 'node:path';
import type { PixelScale } from '../../core/inputs/pixelScale';
import { decodeOnnx } from '../../core/onnx/decode';
import { verifyOnBoth, type Measurement, type ModelFile, type Watch } from '../../core/pipeline';
import type { Provider } from '../../core/ports';
import { attemptAsync, unwrap, type Result } from '../../core/result';
import type { VerificationReport } from '../../core/verify/report';
import type { VerificationRecord } from '../../core/view/report/verificationRecord';
import { companionFiles } from '../../platform/node/companionFiles';
import { decodePicture } from '../../platform/node/decodePicture';
import { readInputFile } from '../../platform/node/readInputFile';
import { readModelFile } from '../../platform/node/readModelFile';
import { sampleFolders } from '../../platform/node/sampleFolders';
import { RUNTIME_VERSION } from '../../runtime/runtimeVersion';
import { givenSamples } from '../givenInputs';
import { notedCompanions } from '../notedCompanions';
import { verificationRecord } from '../verificationRecord';
import { fileRecord } from './fileRecord';
import { nodeRunners } from './nodeRunners';
import { dataPaths, openFile, type OpenedFile } from './openFile';

export interface VerifyOptions {
  readonly provider?: Provider;
  readonly samples?: number;
  readonly seed?: number;
  /** Sizes of the original's open dimensions, by symbol; chosen when left out. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Paths of .npy, .npz, PNG, JPEG or tensor files to run besides the drawn inputs. */
  readonly inputs?: readonly string[];
  readonly pixels?: PixelScale;
  /** Whether to look for the faults of blocks that differ. */
  readonly explains?: boolean;
  /** Folder that holds onnxruntime's binaries. */
  readonly ortFolder: string;
}

/** Compares a model with what somebody, RepLens or another, made of it. */
export function verifyFiles(
  original: string,
  fused: string,
  options: VerifyOptions,
  watch: Watch = {},
): Promise<Result<VerificationRecord>> {
  return attemptAsync(async () => {
    const { samples = 3, seed = 0, sizes = new Map<string, number>() } = options;
    const file = unwrap(openFile(original, watch));
    const { companions, names } = notedCompanions(fused);
    try {
      const { model } = file.detection.analysis;
      const second = { fileName: fused, bytes: unwrap(readModelFile(fused)), companions };
      const fusedModel = unwrap(decodeOnnx(second.bytes, second));
      const inputs = await givenSamples(model, givenFiles(original, options), decodePicture);
      const measurement = { samples, seed, sizes, given: inputs };
      const report = await measure(file, second, measurement, options, watch);
      return verificationRecord(report, {
        ...{ original: model, fused: fusedModel, runtime: RUNTIME_VERSION, seed, samples, sizes },
        files: {
          original: fileRecord(original, file.bytes, file.dataFiles),
          fused: fileRecord(fused, second.bytes, dataPaths(fused, names)),
        },
        inputFiles: inputs.map(({ label }) => label),
      });
    } finally {
      file.close();
      companions.close();
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

function givenFiles(original: string, { inputs = [], pixels, sizes }: VerifyOptions) {
  const folder = companionFiles(original);
  try {
    return {
      chosen: inputs.map(readInputFile),
      beside: sampleFolders(original).map((paths) => ({
        label: dirname(paths[0] ?? ''),
        files: paths.flatMap((path) => {
          const source = folder.open(path);
          return { name: path.slice(path.lastIndexOf('/') + 1), bytes: source.read(0, source.size) };
        }),
      })),
      sizes: sizes ?? new Map<string, number>(),
      ...(pixels === undefined ? {} : { pixels }),
    };
  } finally {
    folder.close();
  }
}
