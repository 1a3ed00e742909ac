import type * as vscode from 'vscode';

/** What the worker calls a file: its path on the disk, or, where it is on none, its address. */
export function modelKey(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}
