/** Shapes by the name of the input. */
export type InputShapeList = Readonly<Record<string, readonly number[]>>;

/** What a person said of a file that the file itself does not. */
export interface FileOptions {
  /** Of TorchScript's inputs. */
  readonly shapes?: InputShapeList;
  /** Of a checkpoint's BNs, in the place of what is assumed. */
  readonly bnEps?: number;
  /** Whether a checkpoint's branches without a parameter are there: by the block's name, '' for all others. */
  readonly identity?: Readonly<Record<string, boolean>>;
}

/** By the path of the file. */
export type OptionsTable = Readonly<Record<string, FileOptions>>;
