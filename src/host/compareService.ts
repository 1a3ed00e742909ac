import type * as vscode from 'vscode';
import { CompareModelsPanel } from './comparePanel';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';
import type { ModelSessions } from './modelSessions';
import type { VerificationRecord } from '../protocol/vocabulary';
import type { VerifyService } from './verifyService';
import { watchFile } from './watchFile';

interface Known {
  readonly report: VerificationRecord;
  readonly watches: readonly vscode.Disposable[];
}

export interface CompareActions {
  /** Opens a model at a block. */
  reveal(uri: vscode.Uri, id: string): void;
}

/** Compare Models: one panel for each two models, and what verifications of them found. */
export class CompareService implements vscode.Disposable {
  readonly #panels = new Map<string, CompareModelsPanel>();
  /** The last verification of two models, by both, until one of the files changes. */
  readonly #reports = new Map<string, Known>();
  readonly #subscription: vscode.Disposable;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly models: ModelService,
    private readonly sessions: ModelSessions,
    private readonly verify: Pick<VerifyService, 'verify' | 'onDidFinish'>,
    private readonly actions: CompareActions,
  ) {
    this.#subscription = verify.onDidFinish(({ original, fused, result }) => {
      if (!result.ok) return;
      this.#remember(original, fused, result.value);
      for (const panel of this.#panels.values()) panel.take(original, fused, result.value);
    });
  }

  /** Shows two models side by side. */
  show(left: vscode.Uri, right: vscode.Uri): void {
    const key = keyOf(left, right);
    const known = this.#panels.get(key);
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const panel = new CompareModelsPanel(this.extensionUri, { left, right }, this.models, {
      reveal: (uri, id) => this.actions.reveal(uri, id),
      explain: async (original, fused) => void (await this.verify.verify(original, fused)),
      reportOf: (original, fused) => this.#reports.get(keyOf(original, fused))?.report ?? null,
      forget: (original, fused) => this.#forget(keyOf(original, fused)),
    });
    this.#panels.set(key, panel);
    panel.onDidDispose(() => {
      this.#panels.delete(key);
      // whoever has a model in an editor needs it further on
      for (const uri of [left, right])
        if (this.sessions.find(uri) === undefined) this.models.close(modelKey(uri));
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const panel of [...this.#panels.values()]) panel.dispose();
    for (const key of [...this.#reports.keys()]) this.#forget(key);
  }

  /** Nobody may see a comparison of the two when a file changes, and it must not be believed later. */
  #remember(original: vscode.Uri, fused: vscode.Uri, report: VerificationRecord): void {
    const key = keyOf(original, fused);
    this.#forget(key);
    const forget = (): void => this.#forget(key);
    this.#reports.set(key, { report, watches: [watchFile(original, forget), watchFile(fused, forget)] });
  }

  #forget(key: string): void {
    for (const watch of this.#reports.get(key)?.watches ?? []) watch.dispose();
    this.#reports.delete(key);
  }
}

function keyOf(one: vscode.Uri, other: vscode.Uri): string {
  return `${one.toString()}\n${other.toString()}`;
}
