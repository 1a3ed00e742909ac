import * as vscode from 'vscode';

/**
 * Loads a second bundle of ours where there is no `require` for it: a browser's extension host loads an extension in just this way,
 * but only its entry. @returns what it exports.
 */
export async function loadScript<T>(uri: vscode.Uri): Promise<T> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const module: { exports: unknown } = { exports: {} };
  // a script of this extension, from its own folder
  new Function('module', 'exports', text)(module, module.exports);
  return module.exports as T;
}
