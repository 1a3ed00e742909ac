import type { BlockGraph } from '../core/view/blockGraph';
import type { FoldPair, KernelFold } from '../core/view/foldTypes';
import type { FuseReport } from '../core/view/fuseReport';
import type { Glance } from '../core/view/glance';
import type { ModelMap } from '../core/view/map/mapTypes';
import type { MapMatch } from '../core/view/map/modelMap';
import type { ModelView } from '../core/view/modelView';
import type { NodeView, TensorView } from '../core/view/nodeView';
import type { OnnxText } from '../core/view/text/onnxText';
import type { VerificationRecord } from '../core/view/report/verificationRecord';

/** The worker thread beside the extension host: it holds opened models by the file's path. */
export interface ModelWorkerMethods {
  /** Reads a model (again, if it was open) and finds its blocks. */
  open(params: { readonly path: string; readonly job: number }): Promise<ModelView>;
  close(params: { readonly path: string }): void;
  blockGraph(params: { readonly path: string; readonly id: string }): BlockGraph | null;
  node(params: { readonly path: string; readonly name: string }): NodeView | null;
  tensor(params: { readonly path: string; readonly name: string }): TensorView | null;
  /** The blocks of a model in a few words. Does not keep the model. */
  glance(params: { readonly path: string }): Glance;
  /** The model in ONNX's textual syntax. Does not keep the model. */
  text(params: { readonly path: string }): OnnxText;
  /** How the kernels of a block add up; reads them all. Ends soon after the call is cancelled. */
  fold(params: { readonly path: string; readonly id: string }): Promise<KernelFold | null>;
  foldPair(params: {
    readonly path: string;
    readonly id: string;
    readonly out: number;
    readonly input: number;
  }): FoldPair | null;
  map(params: { readonly path: string; readonly open: readonly string[] | null }): ModelMap;
  findInMap(params: { readonly path: string; readonly text: string }): readonly MapMatch[];
  /** Fuses an opened model; `only`: ids, null for all. */
  fuse(params: {
    readonly path: string;
    readonly output: string;
    readonly only: readonly string[] | null;
    readonly force: boolean;
    readonly job: number;
  }): Promise<FuseReport>;
  /** Open sizes of an opened model's inputs, each with the size worth trying first; empty when all are fixed. */
  openSizes(params: { readonly path: string }): readonly OpenSize[];
  /** Files beside a model that its weights lie in, relative to its folder, with `/`. Does not keep the model. */
  companions(params: { readonly path: string }): readonly string[];
  /** Compares two files on wasm, in this thread: for where no webview can run them. */
  verify(params: {
    readonly original: string;
    readonly fused: string;
    readonly samples: number;
    readonly seed: number;
    readonly sizes: Readonly<Record<string, number>>;
    /** Paths of files to run on besides the drawn inputs. */
    readonly inputs: readonly string[];
    readonly job: number;
  }): Promise<VerificationRecord>;
  /** Settles when a job that was cancelled has really ended; a thread that is deaf meanwhile may be ended. */
  ended(params: { readonly job: number }): Promise<void>;
}

/** A size that the file leaves open, such as the batch. */
export interface OpenSize {
  readonly symbol: string;
  /** An input that has it, and that input's dims as a person writes them: "x", "N×3×H×W". */
  readonly input: string;
  readonly shape: string;
  readonly suggestion: number;
}

/** What the worker tells the extension host. */
export interface ModelWorkerEvents {
  progress(params: { readonly job: number; readonly fraction: number; readonly label: string }): void;
}
