import * as vscode from 'vscode';
import type { CompareView } from '../core/view/compare/compareTypes';
import type {
  CompareHostMethods,
  CompareNames,
  CompareSide,
  CompareState,
  CompareViewMethods,
} from '../protocol/compare';
import type { Job } from '../protocol/editor';
import { openRpc, type Handlers, type Rpc } from '../protocol/rpc';
import { unwrap, type Problem, type VerificationRecord } from '../protocol/vocabulary';
import { tellApart } from './files';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';
import { watchFile } from './watchFile';
import { assetsFolder, webviewPage } from './webviewPage';
import { webviewPort } from './webviewPort';

type Pair = Readonly<Record<CompareSide, vscode.Uri>>;

export interface ComparePanelActions {
  reveal(uri: vscode.Uri, id: string): void;
  /** Verifies; what it found comes by `take`. */
  explain(original: vscode.Uri, fused: vscode.Uri): Promise<void>;
  /** What a verification of the two found before; null: there was none. */
  reportOf(original: vscode.Uri, fused: vscode.Uri): VerificationRecord | null;
  /** The files have changed since. */
  forget(original: vscode.Uri, fused: vscode.Uri): void;
}

/** A hidden webview hears nothing; it asks for the state when it is shown again. */
const PUSH_TIMEOUT = 10_000;

type Found = { readonly view: CompareView } | { readonly problem: Problem } | null;

/** Two models side by side in a webview. */
export class CompareModelsPanel {
  readonly onDidDispose: vscode.Event<void>;
  readonly #panel: vscode.WebviewPanel;
  readonly #view: Rpc<CompareViewMethods>;
  #found: Found = null;
  #report: VerificationRecord | null = null;
  #job: Job | null = null;
  #reading = 0;

  constructor(
    extensionUri: vscode.Uri,
    private readonly pair: Pair,
    private readonly models: Pick<ModelService, 'compare' | 'map'>,
    private readonly actions: ComparePanelActions,
  ) {
    const title = tellApart(pair.left, pair.right).join(' ↔ ');
    this.#panel = vscode.window.createWebviewPanel('replens.compare', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [assetsFolder(extensionUri)],
    });
    this.#panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    this.onDidDispose = this.#panel.onDidDispose;
    const { webview } = this.#panel;
    this.#view = openRpc<Handlers<CompareHostMethods>, CompareViewMethods>(
      webviewPort(webview),
      this.#handlers(),
    );
    const changed = (): void => {
      const [original, fused] = this.#roles();
      this.actions.forget(original, fused);
      void this.#load();
    };
    const watches = [watchFile(pair.left, changed), watchFile(pair.right, changed)];
    this.#panel.onDidDispose(() => {
      this.#reading += 1;
      this.#view.dispose();
      for (const watch of watches) watch.dispose();
    });
    webview.html = webviewPage(webview, { title, screen: 'compare', extensionUri });
    void this.#load();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  /** Shows what a verification found, if it was of these two. */
  take(original: vscode.Uri, fused: vscode.Uri, report: VerificationRecord): void {
    const [first, second] = this.#roles();
    if (first.toString() !== original.toString() || second.toString() !== fused.toString()) return;
    this.#report = report;
    this.#push();
  }

  /** The form with its branches apart, and the other. */
  #roles(): readonly [original: vscode.Uri, fused: vscode.Uri] {
    const { left, right } = this.pair;
    const turned = this.#found !== null && 'view' in this.#found && this.#found.view.original === 'right';
    return turned ? [right, left] : [left, right];
  }

  async #load(): Promise<void> {
    const reading = ++this.#reading;
    this.#found = null;
    this.#report = null;
    this.#push();
    const result = await this.models.compare(modelKey(this.pair.left), modelKey(this.pair.right));
    // closed, or the file has changed again
    if (reading !== this.#reading) return;
    this.#found = result.ok ? { view: result.value } : { problem: result.problem };
    this.#report = this.actions.reportOf(...this.#roles());
    this.#push();
  }

  #state(): CompareState {
    const [left, right] = tellApart(this.pair.left, this.pair.right);
    const names: CompareNames = { left, right };
    const found = this.#found;
    if (found === null) return { ...names, status: 'loading' };
    if ('problem' in found) return { ...names, status: 'failed', problem: found.problem };
    const report = this.#report;
    const verdict =
      report === null ? null : { verdict: report.verdict, reason: report.reason, blocks: report.blocks };
    return { ...names, status: 'ready', view: found.view, verdict, job: this.#job };
  }

  #push(): void {
    void this.#view.call('state', this.#state(), { timeout: PUSH_TIMEOUT });
  }

  async #explain(): Promise<void> {
    this.#job = { kind: 'verify', fraction: 0, label: '' };
    this.#push();
    try {
      await this.actions.explain(...this.#roles());
    } finally {
      this.#job = null;
      this.#push();
    }
  }

  #handlers(): Handlers<CompareHostMethods> {
    const key = (side: CompareSide): string => modelKey(this.pair[side]);
    return {
      ready: () => this.#state(),
      map: async ({ side, open }) => unwrap(await this.models.map(key(side), open)),
      reveal: ({ side, id }) => this.actions.reveal(this.pair[side], id),
      explain: () => this.#explain(),
      reload: () => void this.#load(),
    };
  }
}
