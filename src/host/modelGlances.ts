import * as vscode from 'vscode';
import type { Glance } from '../core/view/glance';
import type { Result } from '../protocol/vocabulary';
import { MODEL_GLOB } from './modelEndings';
import type { ModelService } from './modelService';
import { watchFile } from './watchFile';
import { modelKey } from './modelKey';

interface Known {
  readonly stamp: string;
  readonly glance: Promise<Result<Glance>>;
}

/** What is in model files that nobody has open, kept until they change on disk. */
export class ModelGlances implements vscode.Disposable {
  readonly #known = new Map<string, Known>();
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** A model was made, changed or deleted. Fires for files that were asked about and for all in the workspace. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly models: ModelService) {}

  /** The blocks of a model; null where there is no such file, or it is too large to be fetched unasked. */
  async get(uri: vscode.Uri): Promise<Result<Glance> | null> {
    this.#watch(uri);
    const status = await statusOf(uri);
    if (status === null || !isNear(uri, status.size)) return null;
    const options = JSON.stringify(this.models.optionsOf(modelKey(uri)));
    const stamp = `${status.mtime} ${status.size} ${options}`;
    const key = uri.toString();
    const known = this.#known.get(key);
    if (known?.stamp === stamp) return known.glance;
    const glance = this.models.glance(modelKey(uri));
    this.#known.set(key, { stamp, glance });
    return glance;
  }

  dispose(): void {
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#changed.dispose();
  }

  /** One watcher for the workspace, and one for each file outside of it. */
  #watch(uri: vscode.Uri): void {
    const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
    const key = inside ? '' : uri.toString();
    if (this.#watchers.has(key)) return;
    if (!inside) {
      this.#watchers.set(
        key,
        watchFile(uri, () => this.#changed.fire(uri)),
      );
      return;
    }
    const watcher = vscode.workspace.createFileSystemWatcher(MODEL_GLOB);
    const fire = (changed: vscode.Uri): void => this.#changed.fire(changed);
    watcher.onDidChange(fire);
    watcher.onDidCreate(fire);
    watcher.onDidDelete(fire);
    this.#watchers.set(key, watcher);
  }
}

/** Bytes that are fetched from elsewhere for a glance that nobody asked for: those files can only be read whole. */
const MOST_FETCHED = 16 * 2 ** 20;

function isNear({ scheme }: vscode.Uri, size: number): boolean {
  return scheme === 'file' || size <= MOST_FETCHED;
}

/** null where there is no such file. */
async function statusOf(uri: vscode.Uri): Promise<vscode.FileStat | null> {
  try {
    const status = await vscode.workspace.fs.stat(uri);
    return (status.type & vscode.FileType.File) === 0 ? null : status;
  } catch {
    return null;
  }
}
