import * as vscode from 'vscode';
import { bridge } from './bridge';
import { eventually } from './eventually';

/** The titles of a document's code lenses by line, once there are some. */
export async function lensTitles(uri: vscode.Uri): Promise<readonly string[]> {
  return eventually('code lenses', async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
      100,
    );
    const titles = lenses.map(({ command, range }) => `${range.start.line} ${command?.title ?? ''}`);
    return titles.length > 0 ? titles : undefined;
  });
}

/** Clicks a lens in the editor, as a person does. */
export function clickLens(title: string): Promise<void> {
  return bridge.click({ selector: `.codelens-decoration a:has-text("${title}")`, nth: 0 });
}

/** RepLens's diagnostics of a document, once there are some. */
export function diagnosticsOf(uri: vscode.Uri): Promise<readonly vscode.Diagnostic[]> {
  return eventually('diagnostics', () => {
    const found = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'RepLens');
    return found.length > 0 ? found : undefined;
  });
}

/** The code of a diagnostic, with or without a page. */
export function codeOf({ code }: vscode.Diagnostic): string {
  return typeof code === 'object' ? String(code.value) : String(code);
}
