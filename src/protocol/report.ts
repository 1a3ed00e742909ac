import type { Problem } from '../core/result';
import type { PixelScale } from '../core/inputs/pixelScale';
import type { SpeedReport } from '../core/verify/speed/speedReport';
import type { VerificationRecord } from '../core/view/report/verificationRecord';
import type { FileOptions } from './fileOptions';

/** A verification for the runner view to carry out: where to fetch the bytes, and what to try. */
export interface VerifyJob {
  readonly id: number;
  readonly original: RemoteFile;
  readonly fused: RemoteFile;
  /** Run on WebGPU too where there is an adapter; false: wasm only. */
  readonly webgpu: boolean;
  readonly samples: number;
  readonly seed: number;
  /** Sizes of the model's open dimensions, by symbol. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Files to run on besides the drawn inputs. */
  readonly inputs: JobInputs<RemoteInput>;
}

/** Inputs from files: those that somebody chose, and sets of samples that lie beside the model. */
export interface JobInputs<T> {
  readonly chosen: readonly T[];
  readonly beside: readonly { readonly label: string; readonly files: readonly T[] }[];
  /** What becomes of a picture's pixels. */
  readonly pixels: PixelScale;
}

export type RemoteInput = Pick<RemoteFile, 'fileName' | 'uri'>;

/** A benchmark of two models: as a verification, without samples. */
export type BenchJob = Pick<VerifyJob, 'id' | 'original' | 'fused' | 'webgpu' | 'sizes'>;

/** A model that the webview fetches by itself: bytes never travel in messages. */
export interface RemoteFile {
  readonly fileName: string;
  readonly uri: string;
  /** External data beside it: relative path → uri. */
  readonly companions: Readonly<Record<string, string>>;
  /** What a person said of it. */
  readonly options?: FileOptions;
}

/** What the runner view asks of the extension host. */
export interface ReportHostMethods {
  /** The view is there: jobs may be sent. `gpu` says what WebGPU offers here. */
  ready(params: { readonly gpu: GpuState }): void;
  progress(params: { readonly id: number; readonly fraction: number; readonly label: string }): void;
  finished(params: { readonly id: number; readonly report: VerificationRecord }): void;
  benched(params: { readonly id: number; readonly speed: SpeedReport }): void;
  failed(params: { readonly id: number; readonly problem: Problem }): void;
  /** A node that the person chose in the report: show it in the editor. */
  revealBlock(params: { readonly id: string }): void;
  /** Saves the report in a file that the person chooses; false: they would rather not. */
  save(params: ReportFile): Promise<boolean>;
}

export type GpuState =
  | { readonly available: true; readonly adapter: string }
  /** Why there is none and what to try. */
  | { readonly available: false; readonly reason: string };

/** What the extension host tells the runner view. */
export interface ReportViewMethods {
  verify(params: VerifyJob): void;
  bench(params: BenchJob): void;
  /** Ends the worker: within a second, whatever it is doing. */
  cancel(params: { readonly id: number }): void;
}

/** The blob worker that holds the sessions. Bytes are transferred in. */
export interface RunnerWorkerMethods {
  /** What WebGPU offers here. */
  gpu(params: null): Promise<GpuState>;
  verify(params: {
    readonly original: LoadedFile;
    readonly fused: LoadedFile;
    readonly wasmBinary: ArrayBuffer;
    readonly webgpu: boolean;
    readonly samples: number;
    readonly seed: number;
    readonly sizes: Readonly<Record<string, number>>;
    readonly inputs: JobInputs<LoadedInput>;
  }): Promise<VerificationRecord>;
  /** Times both; a problem where WebGPU was asked for and is not there. */
  bench(params: {
    readonly original: LoadedFile;
    readonly fused: LoadedFile;
    readonly wasmBinary: ArrayBuffer;
    readonly webgpu: boolean;
    readonly sizes: Readonly<Record<string, number>>;
  }): Promise<SpeedReport>;
}

export interface ReportFile {
  readonly format: 'md' | 'json';
  readonly text: string;
}

export interface LoadedInput {
  readonly fileName: string;
  readonly bytes: ArrayBuffer;
}

export interface LoadedFile {
  readonly fileName: string;
  readonly bytes: ArrayBuffer;
  readonly companions: Readonly<Record<string, ArrayBuffer>>;
  readonly options?: FileOptions;
}

export interface RunnerWorkerEvents {
  progress(params: { readonly fraction: number; readonly label: string }): void;
}
