import * as vscode from 'vscode';

export interface AskedDialog {
  readonly title: string;
  readonly modal: boolean;
  readonly detail: string;
  readonly answers: readonly string[];
}

/** The signature of `showWarningMessage` that modal questions use. */
type Show = (
  title: string,
  options: vscode.MessageOptions,
  ...answers: string[]
) => Thenable<string | undefined>;

/**
 * Answers the modal questions that come while `run` runs, in order, and gives what was asked; undefined is Cancel. VS Code
 * shows no dialog while tests run (it refuses to), so this stands at the last place before it.
 */
export async function withAnswers(
  answers: readonly (string | undefined)[],
  run: () => Thenable<unknown>,
): Promise<readonly AskedDialog[]> {
  const asked: AskedDialog[] = [];
  const window = vscode.window as { showWarningMessage: Show };
  const original = window.showWarningMessage;
  window.showWarningMessage = (title, options, ...offered) => {
    if (typeof options !== 'object' || options.modal !== true) return original(title, options, ...offered);
    asked.push({ title, modal: true, detail: options.detail ?? '', answers: offered });
    const answer = answers[asked.length - 1];
    if (answer !== undefined && !offered.includes(answer))
      throw new Error(`"${answer}" is not offered: ${offered.join(', ')}`);
    return Promise.resolve(answer);
  };
  try {
    await run();
  } finally {
    window.showWarningMessage = original;
  }
  return asked;
}
