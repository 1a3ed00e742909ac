import { decodeSecond, type Watch } from '../../core/pipeline';
import type { Provider } from '../../core/ports';
import { attemptAsync, raise, unwrap, type Result } from '../../core/result';
import type { GivenShapes } from '../../core/torchscript/readScript';
import { benchModels } from '../../core/verify/speed/bench';
import type { SpeedReport } from '../../core/verify/speed/speedReport';
import { companionFiles } from '../../platform/node/companionFiles';
import { readModelFile } from '../../platform/node/readModelFile';
import { nodeRunners } from './nodeRunners';
import { openFile } from './openFile';

export interface BenchFilesOptions {
  readonly provider?: Provider;
  readonly runs?: number;
  /** Sizes of the original's open dimensions, by symbol; chosen when left out. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** See `DecodeModelOptions`; for both models. */
  readonly shapes?: GivenShapes;
  readonly ortFolder: string;
}

/** Times a model before and after merging. A provider that was asked for and is not there is a problem. */
export function benchFiles(
  original: string,
  fused: string,
  { provider = 'wasm', runs, sizes, shapes = new Map(), ortFolder }: BenchFilesOptions,
  watch: Watch = {},
): Promise<Result<SpeedReport>> {
  return attemptAsync(async () => {
    const { detection } = unwrap(openFile(original, watch, { shapes }));
    const companions = companionFiles(fused);
    const bytes = unwrap(readModelFile(fused));
    const model = unwrap(decodeSecond(detection, { fileName: fused, bytes, companions, shapes }));
    const wantsGpu = provider === 'webgpu';
    const { wasm, webgpu } = await nodeRunners({ ortFolder, wantsGpu, optimization: 'all' });
    // numbers of another provider than the one asked for would be taken for its own
    if (wantsGpu && webgpu?.ok === false) raise(webgpu.problem.code, webgpu.problem.message);
    return await benchModels({
      ...{ original: detection, fused: model, now: () => performance.now(), ...watch },
      runner: webgpu?.ok === true ? webgpu.value : wasm,
      ...(runs === undefined ? {} : { runs }),
      ...(sizes === undefined ? {} : { sizes }),
    });
  });
}
