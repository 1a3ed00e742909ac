import { statSync } from 'node:fs';
import { unwrap } from '../core/result';
import type { Watch } from '../core/pipeline';
import { openFile, type OpenedFile } from './jobs/openFile';

/** Opened models by path. One that has changed on disk since, or was never opened, is read when it is asked for. */
export class ModelStore {
  readonly #models = new Map<string, { readonly file: OpenedFile; readonly stamp: string }>();

  /** Reads the file, again if it was open. @throws ProblemError what is wrong with it. */
  open(path: string, watch: Watch = {}): OpenedFile {
    const stamp = stampOf(path);
    const file = unwrap(openFile(path, watch));
    this.close(path);
    this.#models.set(path, { file, stamp });
    return file;
  }

  /** The model as it is on disk now. @throws ProblemError what is wrong with it. */
  get(path: string, watch: Watch = {}): OpenedFile {
    const model = this.#models.get(path);
    return model !== undefined && model.stamp === stampOf(path) ? model.file : this.open(path, watch);
  }

  /** Looks at the model as it is on disk now; one that nobody has open is closed again. */
  glimpse<T>(path: string, look: (file: OpenedFile) => T): T {
    const wasOpen = this.#models.has(path);
    try {
      return look(this.get(path));
    } finally {
      if (!wasOpen) this.close(path);
    }
  }

  close(path: string): void {
    this.#models.get(path)?.file.close();
    this.#models.delete(path);
  }
}

/** Changes with the file; empty where there is none. */
function stampOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? '' : `${status.mtimeMs} ${status.size} ${status.ino}`;
}
