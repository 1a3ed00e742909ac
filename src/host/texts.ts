import * as vscode from 'vscode';
import { ENGLISH } from '../../webview-ui/shared/english';

let texts: Readonly<Record<string, string>> | undefined;

/** The screens' texts in VS Code's language, by key; empty for English, which the screens have built in. */
export function screenTexts(): Readonly<Record<string, string>> {
  texts ??= Object.fromEntries(
    Object.entries(ENGLISH)
      .map(([key, english]) => [key, vscode.l10n.t(english)] as const)
      .filter(([key, text]) => text !== (ENGLISH as Readonly<Record<string, string>>)[key]),
  );
  return texts;
}
