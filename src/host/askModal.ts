import * as vscode from 'vscode';

export interface ModalQuestion {
  readonly title: string;
  /** What it means, in smaller letters. */
  readonly detail?: string;
  /** VS Code adds Cancel, which is what Escape means, too. */
  readonly answers: readonly string[];
}

/** Asks before something is replaced or deleted; undefined when the person would rather not. */
export async function askModal({ title, detail = '', answers }: ModalQuestion): Promise<string | undefined> {
  return vscode.window.showWarningMessage(title, { modal: true, detail }, ...answers);
}
