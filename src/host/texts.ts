import * as vscode from 'vscode';

/** The screens' texts in VS Code's language, by the English ones, which the screens have built in; empty for English. */
export function screenTexts(): Readonly<Record<string, string>> {
  return vscode.l10n.bundle ?? {};
}
