import * as vscode from 'vscode';
import { onScreen } from '../core/view/onScreen';
import type { Problem } from '../protocol/vocabulary';

/** What the person hears: one sentence, with the log one click away. Nobody waits for a message to be closed. */
export class Messages {
  constructor(readonly log: vscode.LogOutputChannel) {}

  /** Shows a problem, unless the person cancelled. */
  problem(problem: Problem): void {
    if (problem.code === 'cancelled') {
      this.log.info(problem.message);
      return;
    }
    this.log.error(problem.message);
    void this.#offer('error', onScreen(problem.message), []);
  }

  /** Shows a sentence with actions. */
  offer(kind: 'information' | 'warning' | 'error', sentence: string, actions: readonly Action[] = []): void {
    this.log[kind === 'information' ? 'info' : kind === 'warning' ? 'warn' : 'error'](sentence);
    void this.#offer(kind, sentence, actions);
  }

  async #offer(kind: 'information' | 'warning' | 'error', sentence: string, actions: readonly Action[]) {
    const showLog = { title: vscode.l10n.t('Show Log'), run: () => this.log.show() };
    const all = kind === 'information' ? actions : [...actions, showLog];
    const show = {
      information: vscode.window.showInformationMessage,
      warning: vscode.window.showWarningMessage,
      error: vscode.window.showErrorMessage,
    }[kind];
    const chosen = await show(sentence, ...all.map(({ title }) => title));
    await all.find(({ title }) => title === chosen)?.run();
  }
}

export interface Action {
  readonly title: string;
  run(): unknown;
}
