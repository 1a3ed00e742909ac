import * as vscode from 'vscode';

/** Files in memory under an address of their own, as a virtual workspace has them. One flat folder. */
export class MemoryFileSystem implements vscode.FileSystemProvider {
  readonly #files = new Map<string, { readonly bytes: Uint8Array; readonly mtime: number }>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  #time = 1;
  /** Folders that are symbolic links. */
  readonly links = new Set<string>();

  names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const folder = { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    if (path === '/') return folder;
    if (this.links.has(path))
      return { ...folder, type: vscode.FileType.Directory | vscode.FileType.SymbolicLink };
    const { bytes, mtime } = this.#get(path);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.length };
  }

  readDirectory(): [string, vscode.FileType][] {
    return this.names().map((name) => [name.slice(1), vscode.FileType.File]);
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    return this.#get(path).bytes;
  }

  writeFile(uri: vscode.Uri, bytes: Uint8Array): void {
    const type = this.#files.has(uri.path) ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created;
    this.#files.set(uri.path, { bytes: new Uint8Array(bytes), mtime: this.#time++ });
    this.#changed.fire([{ type, uri }]);
  }

  rename(from: vscode.Uri, to: vscode.Uri, { overwrite }: { readonly overwrite: boolean }): void {
    if (this.#files.has(to.path) && !overwrite) throw vscode.FileSystemError.FileExists(to);
    const { bytes } = this.#get(from.path);
    this.delete(from);
    this.writeFile(to, bytes);
  }

  delete(uri: vscode.Uri): void {
    this.#get(uri.path);
    this.#files.delete(uri.path);
    this.#changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  #get(path: string): { readonly bytes: Uint8Array; readonly mtime: number } {
    const file = this.#files.get(path);
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return file;
  }
}
