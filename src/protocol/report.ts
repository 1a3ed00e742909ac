import type { Problem } from '../core/result';
import type { VerificationReport } from '../core/verify/report';

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
}

/** A model that the webview fetches by itself: bytes never travel in messages. */
export interface RemoteFile {
  readonly fileName: string;
  readonly uri: string;
  /** External data beside it: relative path → uri. */
  readonly companions: Readonly<Record<string, string>>;
}

/** What the runner view asks of the extension host. */
export interface ReportHostMethods {
  /** The view is there: jobs may be sent. `gpu` says what WebGPU offers here. */
  ready(params: { readonly gpu: GpuState }): void;
  progress(params: { readonly id: number; readonly fraction: number; readonly label: string }): void;
  finished(params: { readonly id: number; readonly report: VerificationReport }): void;
  failed(params: { readonly id: number; readonly problem: Problem }): void;
  /** A node that the person chose in the report: show it in the editor. */
  revealBlock(params: { readonly id: string }): void;
}

export type GpuState =
  | { readonly available: true; readonly adapter: string }
  /** Why there is none and what to try. */
  | { readonly available: false; readonly reason: string };

/** What the extension host tells the runner view. */
export interface ReportViewMethods {
  verify(params: VerifyJob): void;
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
  }): Promise<VerificationReport>;
}

export interface LoadedFile {
  readonly fileName: string;
  readonly bytes: ArrayBuffer;
  readonly companions: Readonly<Record<string, ArrayBuffer>>;
}

export interface RunnerWorkerEvents {
  progress(params: { readonly fraction: number; readonly label: string }): void;
}
