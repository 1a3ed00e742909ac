import * as vscode from 'vscode';
import type { Folder } from '../platform/web/writeWhole';

/** The folder that a file is in, through VS Code's file systems. */
export function siblingsOf(file: vscode.Uri): Folder {
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(file, '..', name);
  const { fs } = vscode.workspace;
  return {
    exists: async (name) => {
      try {
        await fs.stat(at(name));
        return true;
      } catch (error) {
        if (codeOf(error) === 'FileNotFound') return false;
        throw error;
      }
    },
    write: async (name, bytes) => fs.writeFile(at(name), bytes),
    rename: async (from, to, replace) => fs.rename(at(from), at(to), { overwrite: replace }),
    remove: async (name) => fs.delete(at(name)),
  };
}

/** What a file system of VS Code calls an error; '' for any other. */
export function codeOf(error: unknown): string {
  return error instanceof vscode.FileSystemError ? error.code : '';
}
