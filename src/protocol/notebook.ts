import type { BlockGraph } from '../core/view/blockGraph';
import type { FoldPair, KernelFold } from '../core/view/foldTypes';
import type { ModelMap } from '../core/view/map/mapTypes';
import type { MapMatch } from '../core/view/map/modelMap';
import type { ModelView } from '../core/view/modelView';
import type { NodeView, TensorView } from '../core/view/nodeView';

/** The renderer's id: of its contribution, and of the messages between it and the extension host. */
export const RENDERER_ID = 'replens.output';

/**
 * What a notebook's output asks of the extension host. Everything in a call may come from a hostile notebook: paths are relative to
 * the notebook and checked on the host's side, and nothing is written that the person did not ask for.
 */
export interface NotebookHostMethods {
  /** Is somebody there? The screens' texts in the person's language, by key. */
  hello(params: null): { readonly strings: Readonly<Record<string, string>>; readonly language: string };
  /** Writes a model that was fused from `name` beside the notebook; asks where one is there. null: they would rather not. */
  saveFused(params: {
    readonly name: string;
    /** In base64. */
    readonly data: string;
  }): Promise<SavedModel | null>;
  /** Writes where the person says; false: they would rather not. */
  saveAs(params: { readonly name: string; readonly data: string }): Promise<boolean>;
  /** Opens a model beside the notebook in the model editor. */
  openEditor(params: { readonly path: string }): Promise<void>;
  /** The model of a file beside the notebook, read by the extension. */
  open(params: { readonly path: string }): Promise<ModelView>;
  close(params: { readonly path: string }): void;
  blockGraph(params: { readonly path: string; readonly id: string }): Promise<BlockGraph | null>;
  node(params: { readonly path: string; readonly name: string }): Promise<NodeView | null>;
  tensor(params: { readonly path: string; readonly name: string }): Promise<TensorView | null>;
  fold(params: { readonly path: string; readonly id: string }): Promise<KernelFold | null>;
  foldPair(params: {
    readonly path: string;
    readonly id: string;
    readonly out: number;
    readonly input: number;
  }): Promise<FoldPair | null>;
  map(params: { readonly path: string; readonly open: readonly string[] | null }): Promise<ModelMap>;
  findInMap(params: { readonly path: string; readonly text: string }): Promise<readonly MapMatch[]>;
}

export interface SavedModel {
  readonly name: string;
  /** Relative to the notebook, for `openEditor`; null where it lies elsewhere. */
  readonly path: string | null;
}
