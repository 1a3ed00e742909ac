import * as vscode from 'vscode';
import { fileName } from './files';

/** Changes on disk come in bursts: a temporary file, a rename, a touch. */
const SETTLE_MS = 250;

/** Calls back after a file was made, changed or deleted, once for a burst. */
export function watchFile(uri: vscode.Uri, onChange: () => void): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), fileName(uri));
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  watcher.onDidChange(soon);
  watcher.onDidCreate(soon);
  watcher.onDidDelete(soon);
  return vscode.Disposable.from(watcher, { dispose: () => clearTimeout(timer) });
}
