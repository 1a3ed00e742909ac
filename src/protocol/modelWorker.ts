import type { BlockGraph } from '../core/view/blockGraph';
import type { FuseReport } from '../core/view/fuseReport';
import type { ModelView } from '../core/view/modelView';
import type { NodeView, TensorView } from '../core/view/nodeView';

/** The worker thread beside the extension host: it holds opened models by the file's path. */
export interface ModelWorkerMethods {
  /** Reads a model (again, if it was open) and finds its blocks. */
  open(params: { readonly path: string; readonly job: number }): Promise<ModelView>;
  close(params: { readonly path: string }): void;
  blockGraph(params: { readonly path: string; readonly id: string }): BlockGraph | null;
  node(params: { readonly path: string; readonly name: string }): NodeView | null;
  tensor(params: { readonly path: string; readonly name: string }): TensorView | null;
  /** Fuses an opened model; `only`: ids, null for all. */
  fuse(params: {
    readonly path: string;
    readonly output: string;
    readonly only: readonly string[] | null;
    readonly force: boolean;
    readonly job: number;
  }): Promise<FuseReport>;
}

/** What the worker tells the extension host. */
export interface ModelWorkerEvents {
  progress(params: { readonly job: number; readonly fraction: number; readonly label: string }): void;
}
