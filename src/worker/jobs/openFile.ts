import type { GivenAssumptions } from '../../core/checkpoint/assumptions';
import type { Watch } from '../../core/pipeline';
import type { GivenShapes } from '../../core/torchscript/readScript';
import { attempt, type Result } from '../../core/result';
import { openOnDisk } from '../files/diskFiles';
import { openSource, type OpenedFile } from './openSource';

export interface OpenFileOptions {
  /** Leaves weights unread until they are asked for: for who looks at a model and does not write it. */
  readonly sparse?: boolean;
  /** See `DecodeModelOptions`. */
  readonly shapes?: GivenShapes;
  /** What somebody says of a checkpoint, in the place of what is assumed. */
  readonly given?: GivenAssumptions;
}

/** Opens a model file from disk. Its weights stay views of the bytes read here. */
export function openFile(path: string, watch: Watch = {}, options: OpenFileOptions = {}): Result<OpenedFile> {
  return attempt(() => openSource(path, openOnDisk(path, options), watch, options));
}
