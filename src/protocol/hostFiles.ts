/**
 * Files that a worker has no way to by itself, handed over by the extension host: those of virtual workspaces, and all of them in
 * a browser. `address`: a URI as text; `beside`: a path relative to that file's folder, with `/`, or null for the file itself.
 */
export interface HostFileMethods {
  /** null: there is no such file. */
  statFile(params: FileAddress): Promise<FileStatus | null>;
  readFile(params: FileAddress): Promise<ArrayBuffer>;
  /** Writes a file, complete or not at all; a problem `exists` for one that is there without `replace`. */
  writeFile(params: {
    readonly address: string;
    readonly bytes: ArrayBuffer;
    readonly replace: boolean;
  }): Promise<void>;
  /** Inputs beside a model, set by set, relative to its folder. */
  sampleFiles(params: { readonly address: string }): Promise<readonly (readonly string[])[]>;
}

export interface FileAddress {
  readonly address: string;
  readonly beside: string | null;
}

export interface FileStatus {
  readonly size: number;
  /** Changes with the file. */
  readonly stamp: string;
}
