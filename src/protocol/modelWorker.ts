import type { BlockGraph } from '../core/view/blockGraph';
import type { CompareView } from '../core/view/compare/compareTypes';
import type { FoldPair, KernelFold } from '../core/view/foldTypes';
import type { FuseReport } from '../core/view/fuseReport';
import type { Glance } from '../core/view/glance';
import type { ModelMap } from '../core/view/map/mapTypes';
import type { MapMatch } from '../core/view/map/modelMap';
import type { ModelView } from '../core/view/modelView';
import type { NodeView, TensorView } from '../core/view/nodeView';
import type { OnnxText } from '../core/view/text/onnxText';
import type { VerificationRecord } from '../core/view/report/verificationRecord';
import type { FileOptions, OptionsTable } from './fileOptions';
import type { HostFileMethods } from './hostFiles';

/**
 * The worker beside the extension host or a notebook's output. It holds opened models by `path`: an absolute path on the disk,
 * the address (URI as text) of a file that the extension host hands over, or the name that bytes were put in under.
 */
export interface ModelWorkerMethods {
  /** What was said of files, in the place of all that was said before; what is open is read with it when it is asked for. */
  giveOptions(params: { readonly options: OptionsTable }): void;
  /** Whether a file can be read with these: a problem says why not. */
  checkOptions(params: { readonly path: string; readonly options: FileOptions }): Promise<null>;
  /** The model as its file says it, whatever was said of it. Does not keep it. */
  glimpse(params: { readonly path: string }): Promise<ModelView>;
  /** Reads a model (again, if it was open) and finds its blocks. */
  open(params: { readonly path: string; readonly job: number }): Promise<ModelView>;
  close(params: { readonly path: string }): void;
  blockGraph(params: { readonly path: string; readonly id: string }): Promise<BlockGraph | null>;
  node(params: { readonly path: string; readonly name: string }): Promise<NodeView | null>;
  tensor(params: { readonly path: string; readonly name: string }): Promise<TensorView | null>;
  /** The blocks of a model in a few words. Does not keep the model. */
  glance(params: { readonly path: string }): Promise<Glance>;
  /** The model in ONNX's textual syntax. Does not keep the model. */
  text(params: { readonly path: string }): Promise<OnnxText>;
  /** How the kernels of a block add up; reads them all. Ends soon after the call is cancelled. */
  fold(params: { readonly path: string; readonly id: string }): Promise<KernelFold | null>;
  foldPair(params: {
    readonly path: string;
    readonly id: string;
    readonly out: number;
    readonly input: number;
  }): Promise<FoldPair | null>;
  map(params: { readonly path: string; readonly open: readonly string[] | null }): Promise<ModelMap>;
  findInMap(params: { readonly path: string; readonly text: string }): Promise<readonly MapMatch[]>;
  /** Which blocks and nodes of two models are the same. A problem names the file that is at fault. */
  compare(params: { readonly path: string; readonly other: string }): Promise<CompareView>;
  /** Fuses an opened model; `only`: ids, null for all. */
  fuse(params: {
    readonly path: string;
    readonly output: string;
    readonly only: readonly string[] | null;
    readonly force: boolean;
    readonly job: number;
  }): Promise<FuseReport>;
  /** Open sizes of an opened model's inputs, each with the size worth trying first; empty when all are fixed. */
  openSizes(params: { readonly path: string }): Promise<readonly OpenSize[]>;
  /** Files beside a model that its weights lie in, relative to its folder, with `/`. Does not keep the model. */
  companions(params: { readonly path: string }): Promise<readonly string[]>;
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

/** What a worker that runs in a browser answers besides: models whose bytes are at hand, where no extension host is. */
export interface HandedModelMethods {
  /** Puts a model in under a name, replacing one of that name. `companions`: files with external data, by relative path. */
  put(params: {
    readonly path: string;
    readonly bytes: ArrayBuffer;
    readonly companions: Readonly<Record<string, ArrayBuffer>>;
  }): void;
  /** Takes a model out, moving its bytes: one that was put in, or one that `fuse` made under its `output`. null: there is none. */
  take(params: { readonly path: string }): ArrayBuffer | null;
}

/** What the worker asks of the extension host. Files: those whose `path` is an address. */
export interface ModelWorkerEvents extends HostFileMethods {
  progress(params: { readonly job: number; readonly fraction: number; readonly label: string }): void;
}
