import type { InputFile } from '../../core/inputs/readSamples';
import type { EncodedModel } from '../../core/onnx/encode';
import type { Watch } from '../../core/pipeline';
import type { CompanionFiles } from '../../core/ports';

/**
 * The worker's port to the world of files: on a disk, handed over by the extension host, or in memory. A `path` is what the
 * worker's caller calls a model: an absolute path, an address (a URI as text), or any name for bytes that were put in.
 */
export interface ModelFiles {
  /** Changes with the file; empty where there is none. */
  stamp(path: string): Promise<string>;
  /** @throws ProblemError when there is no such file or it can't be read; `cancelled`. */
  read(path: string, options: ReadOptions): Promise<ModelSource>;
  /** Names of the files beside a model that its weights lie in. @throws ProblemError what is wrong with the model. */
  companions(path: string): Promise<readonly string[]>;
  /**
   * Writes a model made of `source`: complete or not at all, never over the source. @returns the bytes written.
   * @throws ProblemError `exists` for a file that is there without `replace`, `usage`, `cancelled`.
   */
  write(source: WrittenFrom, output: string, encode: Encode, options: WriteOptions): Promise<number>;
  /** Inputs that lie beside a model, as ONNX's own model zoo has them. */
  samples(path: string): Promise<readonly SampleSet[]>;
  /** An input that somebody named. @throws ProblemError when it can't be read or is too large. */
  input(path: string): Promise<InputFile>;
}

/** A model file, open for reading. */
export interface ModelSource {
  /** As sentences call it. */
  readonly title: string;
  /** Without its folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly companions: CompanionFiles;
  /** Reads a part of `bytes` before it is used, where not all of the file was read. */
  readonly touch?: (view: Uint8Array) => void;
  /** Weights that were not read yet can't be read afterwards. */
  close(): void;
}

/** The file that a model was made of, and the names of the files beside it that hold weights of it. */
export interface WrittenFrom {
  readonly path: string;
  readonly companions: { readonly names: ReadonlySet<string> };
}

/** @param dataName name of a file beside the model, for weights that don't fit into one. */
export type Encode = (dataName: string) => EncodedModel;

export interface ReadOptions extends Watch {
  /** Leaves the weights of an archive unread until somebody asks for them; whoever wants all of the bytes leaves it out. */
  readonly sparse?: boolean;
}

export interface WriteOptions extends Watch {
  readonly replace: boolean;
}

export interface SampleSet {
  readonly label: string;
  readonly files: readonly InputFile[];
}
