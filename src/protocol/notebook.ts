import type { ModelView } from '../core/view/modelView';
import type { ModelWorkerMethods } from './modelWorker';
import type { OutputFormat } from './vocabulary';

/** The renderer's id: of its contribution, and of the messages between it and the extension host. */
export const RENDERER_ID = 'replens.output';

/** What a screen asks about a model that is open: of the host as of the worker. */
type Looks = Pick<
  ModelWorkerMethods,
  'close' | 'blockGraph' | 'node' | 'tensor' | 'fold' | 'foldPair' | 'map' | 'findInMap'
>;

/**
 * What a notebook's output asks of the extension host. Everything in a call may come from a hostile notebook: paths are relative to
 * the notebook and checked on the host's side, and nothing is written that the person did not ask for.
 */
export interface NotebookHostMethods extends Looks {
  /** Is somebody there? The screens' texts in the person's language, by the English ones. */
  hello(params: null): { readonly strings: Readonly<Record<string, string>>; readonly language: string };
  /** Writes a model that was fused from `name` beside the notebook; asks where one is there. null: they would rather not. */
  saveFused(params: {
    readonly name: string;
    /** What it was written in: a checkpoint and a .pt2 begin alike. */
    readonly format: OutputFormat;
    /** In base64. */
    readonly data: string;
  }): Promise<SavedModel | null>;
  /** Writes where the person says; false: they would rather not. */
  saveAs(params: { readonly name: string; readonly data: string }): Promise<boolean>;
  /** Opens a model beside the notebook in the model editor. */
  openEditor(params: { readonly path: string }): Promise<void>;
  /** The model of a file beside the notebook, read by the extension. */
  open(params: { readonly path: string }): Promise<ModelView>;
}

export interface SavedModel {
  readonly name: string;
  /** Relative to the notebook, for `openEditor`; null where it lies elsewhere. */
  readonly path: string | null;
}
