import type { GivenAssumptions } from '../../core/checkpoint/assumptions';
import type { Detection } from '../../core/detect/detect';
import { openModel, type Watch } from '../../core/pipeline';
import type { GivenShapes } from '../../core/torchscript/readScript';
import { unwrap } from '../../core/result';
import type { ModelSource } from '../files/modelFiles';
import { notedCompanions, type NotedCompanions } from '../notedCompanions';

/** What somebody says of a model that its file does not. */
export interface OpenOptions {
  /** Shapes of inputs, of TorchScript. */
  readonly shapes?: GivenShapes;
  /** Of a checkpoint, in the place of what is assumed. */
  readonly given?: GivenAssumptions;
}

/** A model file, read and searched for blocks. */
export interface OpenedFile {
  readonly path: string;
  /** Without its folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly detection: Detection;
  /** The files that hold its external data. */
  readonly companions: NotedCompanions;
  /** Closes its files; weights that were not read yet can't be read afterwards. */
  close(): void;
}

/** Looks for the blocks of a model whose file is open, and closes it if there is something wrong. @throws ProblemError */
export function openSource(
  path: string,
  source: ModelSource,
  watch: Watch = {},
  { shapes = new Map(), given }: OpenOptions = {},
): OpenedFile {
  const { bytes, name, title } = source;
  const companions = notedCompanions(source.companions);
  const opened = openModel(
    { ...source, fileName: title, companions, shapes, ...(given === undefined ? {} : { given }) },
    watch,
  );
  if (!opened.ok) source.close();
  return { path, name, bytes, detection: unwrap(opened), companions, close: () => source.close() };
}
