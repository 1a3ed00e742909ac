import * as vscode from 'vscode';
import { askModal } from './askModal';
import { fileExists, fileName } from './files';

/** Where to write, and whether what is there may be replaced. */
export interface Target {
  readonly output: vscode.Uri;
  readonly replace: boolean;
}

/** Asks where a model goes whose place is taken; null when the person would rather not. @param detail what stays as it is. */
export async function chooseTarget(output: vscode.Uri, detail: string): Promise<Target | null> {
  if (!(await fileExists(output))) return { output, replace: false };
  const replace = vscode.l10n.t('Replace');
  const saveAs = vscode.l10n.t('Save As…');
  const answer = await askModal({
    title: vscode.l10n.t('{0} exists already. Replace it?', fileName(output)),
    detail,
    answers: [replace, saveAs],
  });
  if (answer === replace) return { output, replace: true };
  if (answer !== saveAs) return null;
  const chosen = await saveModelAs(output);
  // the dialog has asked already
  return chosen === undefined ? null : { output: chosen, replace: true };
}

export function saveModelAs(proposed: vscode.Uri): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({ defaultUri: proposed, filters: { ONNX: ['onnx'] } });
}
