import * as vscode from 'vscode';

/** Answers a file dialog of VS Code; undefined is Cancel. */
type Answer<R> = R | undefined;

/** What `run` asked for in open dialogs, which all get these files; no dialog is shown. */
export function withFiles(
  files: Answer<readonly vscode.Uri[]>,
  run: () => Thenable<unknown>,
): Promise<readonly vscode.OpenDialogOptions[]> {
  return standIn('showOpenDialog', files, run);
}

/** What `run` asked for in save dialogs, which all get this place; no dialog is shown. */
export function withPlace(
  place: Answer<vscode.Uri>,
  run: () => Thenable<unknown>,
): Promise<readonly vscode.SaveDialogOptions[]> {
  return standIn('showSaveDialog', place, run);
}

/** Like the modal questions of dialogs.ts: tests can't press the buttons of a file dialog of the system. */
async function standIn<O, R>(
  name: 'showOpenDialog' | 'showSaveDialog',
  answer: R,
  run: () => Thenable<unknown>,
): Promise<readonly O[]> {
  const asked: O[] = [];
  const window = vscode.window as unknown as Record<typeof name, (options?: O) => Thenable<R>>;
  const original = window[name];
  window[name] = (options) => {
    if (options !== undefined) asked.push(options);
    return Promise.resolve(answer);
  };
  try {
    await run();
  } finally {
    window[name] = original;
  }
  return asked;
}
