import * as vscode from 'vscode';

/** The extension under test. */
export function extension<T>(): vscode.Extension<T> {
  const found = vscode.extensions.getExtension<T>('replens.replens');
  if (found === undefined) throw new Error('The extension under development is not there.');
  return found;
}

/** Node's has no place in a browser. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`It does not hold: ${message}`);
}

/** A path in this run's own workspace. */
export function inWorkspace(...parts: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error('No folder is open.');
  return vscode.Uri.joinPath(folder, ...parts);
}

export async function bytesOf(uri: vscode.Uri): Promise<Uint8Array> {
  return vscode.workspace.fs.readFile(uri);
}

/** Closes every editor and removes a folder of the workspace. */
export async function removeFolder(folder: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.workspace.fs.delete(inWorkspace(folder), { recursive: true });
}
