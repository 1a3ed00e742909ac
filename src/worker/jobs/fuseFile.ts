import { outputFormats } from '../../core/outputFormat';
import type { Watch } from '../../core/pipeline';
import type { Result } from '../../core/result';
import type { FuseReport } from '../../core/view/fuseReport';
import { fusedPath } from '../../platform/node/fusedPath';
import { diskFiles } from '../files/diskFiles';
import { fuseOpened, type FuseOptions } from './fuseOpened';
import type { OpenedFile } from './openSource';

/** Fuses a model opened from disk; without an output, into `<name>.fused.<ext>` beside the source. */
export function fuseFile(
  file: OpenedFile,
  options: FuseOptions,
  watch: Watch = {},
): Promise<Result<FuseReport>> {
  const whereElse = ({ path, detection }: OpenedFile): string => {
    const { model } = detection.analysis;
    return fusedPath(path, model.format, outputFormats(model)[0]);
  };
  return fuseOpened(file, options, { files: diskFiles, whereElse }, watch);
}
