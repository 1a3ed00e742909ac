import * as vscode from 'vscode';
import type { Picture } from '../protocol/editor';
import { fileName } from './files';

/** Asks where, beside the model by default, and writes. Resolves to false when the person would rather not. */
export async function savePicture(model: vscode.Uri, { block, format, data }: Picture): Promise<boolean> {
  const name = fileName(model).replace(/\.[^.]+$/, '');
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(model, '..', `${name}.${block}.fold.${format}`),
    filters: { [format.toUpperCase()]: [format] },
  });
  if (target === undefined) return false;
  await vscode.workspace.fs.writeFile(target, Buffer.from(data, format === 'svg' ? 'utf8' : 'base64'));
  return true;
}
