import type { Watch } from '../core/pipeline';
import type { FileOptions } from '../protocol/fileOptions';
import type { ModelFiles } from './files/modelFiles';
import { openSource, type OpenedFile } from './jobs/openSource';
import { openOptions } from './openOptions';

interface Opened {
  readonly file: OpenedFile;
  readonly stamp: string;
}

/** Opened models by path. One that has changed since, or was never opened, is read when it is asked for. */
export class ModelStore {
  readonly #models = new Map<string, Opened>();
  readonly #reading = new Map<string, Promise<Opened>>();

  /** @param optionsOf what somebody said of a model. */
  constructor(
    private readonly files: ModelFiles,
    private readonly optionsOf: (path: string) => FileOptions = () => ({}),
  ) {}

  /** Reads the file, again if it was open. @throws ProblemError what is wrong with it. */
  async open(path: string, watch: Watch = {}): Promise<OpenedFile> {
    const reading = this.#read(path, watch);
    this.#reading.set(path, reading);
    // whoever closed it meanwhile, or reads it anew, does not want this one kept
    const isWanted = (): boolean => this.#reading.get(path) === reading;
    try {
      const opened = await reading;
      if (!isWanted()) return opened.file;
      this.#models.get(path)?.file.close();
      this.#models.set(path, opened);
      return opened.file;
    } finally {
      if (isWanted()) this.#reading.delete(path);
    }
  }

  /** The model as the file is now. @throws ProblemError what is wrong with it. */
  async get(path: string, watch: Watch = {}): Promise<OpenedFile> {
    return (await this.#known(path)) ?? this.open(path, watch);
  }

  /** Looks at the model as the file is now; one that nobody has open is closed again. */
  async glimpse<T>(path: string, look: (file: OpenedFile) => T | Promise<T>): Promise<T> {
    const known = await this.#known(path);
    if (known !== null) return await look(known);
    return this.glimpseWith(path, this.optionsOf(path), look);
  }

  /** Looks at the model as it is with this said of it. @throws ProblemError what is wrong with it or that. */
  async glimpseWith<T>(
    path: string,
    options: FileOptions,
    look: (file: OpenedFile) => T | Promise<T>,
  ): Promise<T> {
    const source = await this.files.read(path, { sparse: true });
    const file = openSource(path, source, {}, openOptions(options));
    try {
      return await look(file);
    } finally {
      file.close();
    }
  }

  close(path: string): void {
    this.#reading.delete(path);
    this.#models.get(path)?.file.close();
    this.#models.delete(path);
  }

  /** What is open, or will be in a moment; null where the file has changed or was never opened. */
  async #known(path: string): Promise<OpenedFile | null> {
    const stamp = await this.#stamp(path);
    // one that fails says so to whoever opens it
    const opened = await this.#reading.get(path)?.catch(() => null);
    if (opened) return opened.file;
    const model = this.#models.get(path);
    return model !== undefined && model.stamp === stamp ? model.file : null;
  }

  async #read(path: string, watch: Watch): Promise<Opened> {
    const stamp = await this.#stamp(path);
    const source = await this.files.read(path, { ...watch, sparse: true });
    return { file: openSource(path, source, watch, openOptions(this.optionsOf(path))), stamp };
  }

  /** Changes with the file and with what it is read with. */
  async #stamp(path: string): Promise<string> {
    const options = this.optionsOf(path);
    const isPlain = Object.keys(options).length === 0;
    return `${await this.files.stamp(path)}${isPlain ? '' : JSON.stringify(options)}`;
  }
}
