/**
 * What the extension host puts into a webview's page, once, as JSON in
 * `<script type="application/json" id="replens-bootstrap">`; the screen mounts on `<div id="root">`.
 */
export interface Bootstrap {
  /** The screen's texts in the person's language, by the English ones. */
  readonly strings: Readonly<Record<string, string>>;
  /** Only in the report: what the blob worker is made of. */
  readonly runner: RunnerAssets | null;
  /** Language of the page, as in `<html lang>`. */
  readonly language: string;
}

/** Addresses that the report's webview may fetch. */
export interface RunnerAssets {
  /** `runnerWorker.js`: fetch it, make a blob of it, start a classic worker. */
  readonly script: string;
  /** `ort-wasm-simd-threaded.asyncify.wasm`: fetch it and transfer it in with each job (`wasmBinary`). */
  readonly wasm: string;
}

/** The id of the element that holds the bootstrap. */
export const BOOTSTRAP_ID = 'replens-bootstrap';

/**
 * For right-click menus of VS Code inside the editor's webview: put `data-vscode-context='<JSON of this>'` on a block's
 * element, and VS Code offers "Fuse Branches", "Show Branch Graph" and "Show in Text" there.
 */
export interface BlockContext {
  readonly webviewSection: 'block';
  readonly blockId: string;
  readonly blockStatus: 'fusable' | 'refused';
  /** The node of the block that lies under the pointer, if any. */
  readonly nodeName?: string;
  readonly preventDefaultContextMenuItems: true;
}

/** The same for a node that lies in no block. */
export interface NodeContext {
  readonly webviewSection: 'node';
  readonly nodeName: string;
  readonly preventDefaultContextMenuItems: true;
}
