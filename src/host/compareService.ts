import type * as vscode from 'vscode';
import { CompareModelsPanel } from './comparePanel';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';
import type { ModelSessions } from './modelSessions';
import type { VerificationRecord } from '../protocol/vocabulary';
import type { VerifyService } from './verifyService';

export interface CompareActions {
  /** Opens a model at a block. */
  reveal(uri: vscode.Uri, id: string): void;
}

/** Compare Models: one panel for each two models, and what verifications of them found. */
export class CompareService implements vscode.Disposable {
  readonly #panels = new Map<string, CompareModelsPanel>();
  /** The last verification of two models, by both. */
  readonly #reports = new Map<string, VerificationRecord>();
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
      this.#reports.set(keyOf(original, fused), result.value);
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
      reportOf: (original, fused) => this.#reports.get(keyOf(original, fused)) ?? null,
      forget: (original, fused) => void this.#reports.delete(keyOf(original, fused)),
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
  }
}

function keyOf(one: vscode.Uri, other: vscode.Uri): string {
  return `${one.toString()}\n${other.toString()}`;
}
