import * as vscode from 'vscode';
import { fusedPath, sourcePath } from '../platform/node/fusedPath';

export const MODEL_EDITOR = 'replens.model';

/** The last part of a file's path. */
export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/** `<name>.fused.onnx` beside a model. */
export function fusedUri(source: vscode.Uri): vscode.Uri {
  return vscode.Uri.file(fusedPath(source.fsPath));
}

/** The model that a fused file was made from, by its name alone; null for a name of another form. */
export function sourceUri(fused: vscode.Uri): vscode.Uri | null {
  const path = sourcePath(fused.fsPath);
  return path === null ? null : vscode.Uri.file(path);
}

export async function fileExists(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

/** Opens a model in RepLens, whatever editor is the default. */
export async function openModelEditor(
  uri: vscode.Uri,
  column: vscode.ViewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, MODEL_EDITOR, column);
}

/** The model in the active editor. */
export function activeModel(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === MODEL_EDITOR ? input.uri : undefined;
}
