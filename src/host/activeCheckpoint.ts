import * as vscode from 'vscode';
import { activeModel } from './files';
import type { ModelSessions } from './modelSessions';

/** Menus go by it: a checkpoint has no text and no inputs, and assumptions. */
const CONTEXT_KEY = 'replens.checkpointActive';

/** Keeps VS Code's menus told of whether the model in front is a checkpoint. */
export function watchActiveCheckpoint(sessions: ModelSessions): vscode.Disposable {
  let told = false;
  const tell = (): void => {
    const model = activeModel();
    const view = model === undefined ? null : (sessions.find(model)?.view ?? null);
    const isCheckpoint = view?.format === 'checkpoint';
    if (isCheckpoint === told) return;
    told = isCheckpoint;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEY, isCheckpoint);
  };
  tell();
  return vscode.Disposable.from(
    vscode.window.tabGroups.onDidChangeTabs(tell),
    vscode.window.tabGroups.onDidChangeTabGroups(tell),
    sessions.onDidChange(tell),
  );
}
