import type { DType } from './tensor/dtype';

/** What core needs from the world; `src/platform` and `src/runtime` implement these. */

/** Random access to a file's bytes. */
export interface ByteSource {
  readonly size: number;
  /** Bytes [offset, offset + length). @throws ProblemError when they cannot be read. */
  read(offset: number, length: number): Uint8Array;
}

/** Opens the companions of a model file (external data), and only those inside its folder. */
export interface CompanionFiles {
  /** @throws ProblemError for a missing file and for a path that leaves the folder (absolute, `..`, symlink). */
  open(relativePath: string): ByteSource;
}

/** A piece of output: bytes at hand, or bytes that are computed when the writer reaches them. */
export type Chunk = Uint8Array | LazyChunk;

export interface LazyChunk {
  readonly byteLength: number;
  /** Yields exactly `byteLength` bytes, in pieces. */
  produce(): Iterable<Uint8Array>;
}

/** Where a model is written to: complete or not at all. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

export type Provider = 'webgpu' | 'wasm';

/** A tensor as a runtime takes and gives it, in its own element type. */
export interface RuntimeTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Row-major little-endian elements. */
  readonly bytes: Uint8Array;
}

/** A model loaded into a runtime. */
export interface RunnerSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs once. @throws ProblemError `failed` with the runtime's own words in the sentence. */
  run(feeds: ReadonlyMap<string, RuntimeTensor>): Promise<ReadonlyMap<string, RuntimeTensor>>;
  release(): Promise<void>;
}

/** Runs models on one execution provider; says which one and on what adapter, never falling back in silence. */
export interface ModelRunner {
  readonly provider: Provider;
  /** The GPU adapter's own description; null on wasm. */
  readonly adapter: string | null;
  /** @throws ProblemError `failed` when the runtime can't load the model. */
  load(model: Uint8Array): Promise<RunnerSession>;
  /** Milliseconds that a run took on the GPU by its own clock; null where it was not read. Missing: there is no such clock. */
  gpuTime?(run: () => Promise<unknown>): Promise<number | null>;
}

/** Progress of a long stage: a fraction from 0 to 1 and a short word on what is being done. */
export type Progress = (fraction: number, label: string) => void;
