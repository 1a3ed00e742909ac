import type { Problem } from '../core/result';
import type { CompareView } from '../core/view/compare/compareTypes';
import type { ModelMap } from '../core/view/map/mapTypes';
import type { BlockComparison } from '../core/verify/report';
import type { Job, VerdictNote } from './editor';

/** One complete state of the comparison of two models. */
export type CompareState = CompareNames &
  (
    | { readonly status: 'loading' }
    /** The problem names the file that is at fault. */
    | { readonly status: 'failed'; readonly problem: Problem }
    | {
        readonly status: 'ready';
        readonly view: CompareView;
        /** What the last verification of these two found; null: there was none. */
        readonly verdict: (VerdictNote & { readonly blocks: readonly BlockComparison[] }) | null;
        /** The verification that runs. */
        readonly job: Job | null;
      }
  );

/** File names of the two models. */
export interface CompareNames {
  readonly left: string;
  readonly right: string;
}

export type CompareSide = keyof CompareNames;

/** What the comparison's webview asks of the extension host. */
export interface CompareHostMethods {
  /** The webview is there: the complete state. */
  ready(params: null): CompareState;
  /** The map of one model with these modules open; null: as at first. */
  map(params: { readonly side: CompareSide; readonly open: readonly string[] | null }): Promise<ModelMap>;
  /** Opens a model at a block. */
  reveal(params: { readonly side: CompareSide; readonly id: string }): void;
  /** Measures whether the two compute the same, and what is wrong where they don't. */
  explain(params: null): Promise<void>;
  /** Reads both files again. */
  reload(params: null): void;
}

/** What the extension host tells the comparison's webview. */
export interface CompareViewMethods {
  state(params: CompareState): void;
}
