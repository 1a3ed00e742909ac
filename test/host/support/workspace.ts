import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { RepLensApi } from '../../../src/extension';

/** The extension under test. */
export function extension(): vscode.Extension<RepLensApi> {
  const found = vscode.extensions.getExtension<RepLensApi>('replens.replens');
  if (found === undefined) throw new Error('The extension under development is not there.');
  return found;
}

/** A path in this run's own workspace. */
export function inWorkspace(...parts: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error('No folder is open.');
  return vscode.Uri.joinPath(folder, ...parts);
}

/** Copies a file of test/fixtures into a folder of the workspace. */
export function copyFixture(fixture: string, folder: string, name = basename(fixture)): vscode.Uri {
  const uri = inWorkspace(folder, name);
  mkdirSync(inWorkspace(folder).fsPath, { recursive: true });
  copyFileSync(join(extension().extensionPath, 'test', 'fixtures', fixture), uri.fsPath);
  return uri;
}

export function writeModel(bytes: Uint8Array, folder: string, name: string): vscode.Uri {
  const uri = inWorkspace(folder, name);
  mkdirSync(inWorkspace(folder).fsPath, { recursive: true });
  writeFileSync(uri.fsPath, bytes);
  return uri;
}

/** Closes every editor and removes a folder of the workspace. */
export async function tidy(folder: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('notifications.clearAll');
  rmSync(inWorkspace(folder).fsPath, { recursive: true, force: true });
}
