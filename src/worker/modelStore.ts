import type { Watch } from '../core/pipeline';
import type { GivenShapes } from '../core/torchscript/readScript';
import type { ModelFiles } from './files/modelFiles';
import { openSource, type OpenedFile } from './jobs/openSource';

interface Opened {
  readonly file: OpenedFile;
  readonly stamp: string;
}

/** Opened models by path. One that has changed since, or was never opened, is read when it is asked for. */
export class ModelStore {
  readonly #models = new Map<string, Opened>();
  readonly #reading = new Map<string, Promise<Opened>>();

  /** @param shapesOf shapes that somebody gave to the inputs of a model. */
  constructor(
    private readonly files: ModelFiles,
    private readonly shapesOf: (path: string) => GivenShapes = () => new Map(),
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
    return this.glimpseWith(path, this.shapesOf(path), look);
  }

  /** Looks at the model as it is with these shapes of its inputs. @throws ProblemError what is wrong with it or them. */
  async glimpseWith<T>(
    path: string,
    shapes: GivenShapes,
    look: (file: OpenedFile) => T | Promise<T>,
  ): Promise<T> {
    const file = openSource(path, await this.files.read(path, { sparse: true }), {}, { shapes });
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
    return { file: openSource(path, source, watch, { shapes: this.shapesOf(path) }), stamp };
  }

  /** Changes with the file and with the shapes that it is read with. */
  async #stamp(path: string): Promise<string> {
    const shapes = [...this.shapesOf(path)];
    return `${await this.files.stamp(path)}${shapes.length === 0 ? '' : JSON.stringify(shapes)}`;
  }
}
