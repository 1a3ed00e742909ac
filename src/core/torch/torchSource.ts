import type { Model } from '../ir/model';
import type { Archive } from './archive/archive';
import type { AtenProgram } from './program/atenGraph';

/** What `Model.source` holds for an exported program: the archive that it is read from, and what was read. */
export interface TorchSource {
  readonly program: AtenProgram;
  readonly archive: Archive;
  /** Name of the entry that holds the graph. */
  readonly entry: string;
}

/** The source of a model read from a `.pt2`; null when it was read from another format. */
export function torchSource(model: Model): TorchSource | null {
  return model.format === 'pt2' ? (model.source as TorchSource) : null;
}
