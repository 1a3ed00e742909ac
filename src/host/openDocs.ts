import * as vscode from 'vscode';
import { refusalWords } from './refusalWords';

/** Shows the page on a refusal's code or a fault's kind, as a person reads it. */
export async function openDocs(extensionUri: vscode.Uri, code: string): Promise<void> {
  const page = refusalWords(code as Parameters<typeof refusalWords>[0]) === undefined ? 'faults' : 'refusals';
  const uri = vscode.Uri.joinPath(extensionUri, 'docs', `${page}.md`).with({ fragment: code });
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    // the Markdown extension may be switched off
    await vscode.commands.executeCommand('vscode.open', uri);
  }
}
