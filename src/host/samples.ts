import * as vscode from 'vscode';
import { fileExists, fileName, openModelEditor } from './files';

/** Opens a packaged sample: a copy in VS Code's storage, since fusing writes beside the file. */
export async function openSample(context: vscode.ExtensionContext): Promise<void> {
  const packaged = vscode.Uri.joinPath(context.extensionUri, 'samples');
  const names = (await vscode.workspace.fs.readDirectory(packaged))
    .map(([name]) => name)
    .filter((name) => name.endsWith('.onnx') && !name.endsWith('.fused.onnx'));
  const title = vscode.l10n.t('Sample models');
  const name = names.length > 1 ? await vscode.window.showQuickPick(names, { title }) : names[0];
  if (name === undefined) return;
  const copy = await ownCopy(context, vscode.Uri.joinPath(packaged, name));
  // in a tab of its own, which the walkthrough's page, or the next file, does not take
  await openModelEditor(copy, { preview: false });
}

/** A copy that may be written beside; the one from last time where it is there. */
async function ownCopy(context: vscode.ExtensionContext, packaged: vscode.Uri): Promise<vscode.Uri> {
  // each version of the extension has samples of its own
  const version = (context.extension.packageJSON as { readonly version: string }).version;
  const copy = vscode.Uri.joinPath(context.globalStorageUri, 'samples', version, fileName(packaged));
  if (!(await fileExists(copy))) await vscode.workspace.fs.copy(packaged, copy);
  return copy;
}
