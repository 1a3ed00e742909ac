import type { Problem } from '../core/result';
import type { BlockGraph } from '../core/view/blockGraph';
import type { FoldPair, KernelFold } from '../core/view/foldTypes';
import type { ItemVerdict } from '../core/view/map/verdicts';
import type { ModelMap } from '../core/view/map/mapTypes';
import type { MapMatch } from '../core/view/map/modelMap';
import type { ModelView } from '../core/view/modelView';
import type { NodeView, TensorView } from '../core/view/nodeView';

/** One complete state of the model editor. */
export type EditorState =
  | {
      readonly status: 'loading';
      readonly fileName: string;
      readonly fraction: number;
      readonly label: string;
    }
  | {
      readonly status: 'failed';
      readonly fileName: string;
      readonly problem: Problem;
      /** Other shapes of the inputs may help. */
      readonly offersShapes?: boolean;
      /** Something was said of it that holds for checkpoints only. */
      readonly offersAssumptions?: boolean;
    }
  | {
      readonly status: 'ready';
      readonly fileName: string;
      readonly view: ModelView;
      /** Another number whenever the file was read again: what was asked of the model before holds no longer. */
      readonly revision: number;
      /** Whether the shapes of the inputs are those that the person gave. */
      readonly givenShapes?: boolean;
      /** A job that runs on this model, if any. */
      readonly job: Job | null;
      /** The last verdict on a model fused from this one, if any. */
      readonly verdict: VerdictNote | null;
      /** What a verification found of this model's blocks, or of the convolutions that blocks were merged into. */
      readonly verdicts: readonly ItemVerdict[];
    };

export interface Job {
  readonly kind: 'fuse' | 'verify';
  readonly fraction: number;
  readonly label: string;
}

export interface VerdictNote {
  readonly verdict: 'equivalent' | 'not-equivalent' | 'inconclusive';
  readonly reason: string;
}

/** What the editor's webview asks of the extension host. */
export interface EditorHostMethods {
  /** The webview is there: the complete state. */
  ready(params: null): EditorState;
  blockGraph(params: { readonly id: string }): Promise<BlockGraph | null>;
  node(params: { readonly name: string }): Promise<NodeView | null>;
  tensor(params: { readonly name: string }): Promise<TensorView | null>;
  /** The kernels of a block's branches and how they add up; null where nothing adds up. Cancelled with the call. */
  fold(params: { readonly id: string }): Promise<KernelFold | null>;
  /** The same between one input and one output channel. */
  foldPair(params: {
    readonly id: string;
    readonly out: number;
    readonly input: number;
  }): Promise<FoldPair | null>;
  /** The map with these modules open; null: as at first. */
  map(params: { readonly open: readonly string[] | null }): Promise<ModelMap>;
  /** What of the map has all these words. */
  findInMap(params: { readonly text: string }): Promise<readonly MapMatch[]>;
  /** Saves a picture of the fold where the person says; resolves to false when they would rather not. */
  savePicture(params: Picture): Promise<boolean>;
  /** The person chose something: other views of the model show it as well. */
  select(params: ModelSelection): void;
  /** Fuses the blocks named, all for null; the host asks where something is to be replaced. */
  fuse(params: { readonly ids: readonly string[] | null }): Promise<void>;
  /** Verifies the fused model beside this one, fusing first if there is none. */
  verify(params: null): Promise<void>;
  /** Models were dropped on this view. */
  openModels(params: { readonly uris: readonly string[] }): Promise<void>;
  cancelJob(params: null): void;
  /** Asks for the shapes of the inputs, which TorchScript does not say, and reads the file again with them. */
  setShapes(params: null): Promise<void>;
  /** Asks for what a checkpoint does not say, and reads it again so. @param params.block whose identity it is about, by its module; null: any. */
  setAssumptions(params: { readonly block: string | null }): Promise<void>;
  /** Reads the file again after a failure. */
  reload(params: null): void;
}

/** What the extension host tells the editor's webview. */
export interface EditorViewMethods {
  state(params: EditorState): void;
  /** Shows and focuses a block. */
  reveal(params: { readonly id: string }): void;
}

/** What a person chose of a model: one of its blocks, one of its nodes, or a node of a block. */
export interface ModelSelection {
  readonly block: string | null;
  readonly node: string | null;
}

/** A picture that a screen has drawn. */
export interface Picture {
  /** The block that it shows: part of the name that is proposed. */
  readonly block: string;
  readonly format: 'svg' | 'png';
  /** The text of an SVG; a PNG's bytes in base64, since messages of a webview hold JSON. */
  readonly data: string;
}
